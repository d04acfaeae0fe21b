// Playback tokens between a server and the library jose: tokens.mjs ADDRESS SECRET
import { createRemoteJWKSet, exportJWK, exportSPKI, generateKeyPair, jwtVerify, SignJWT } from "jose";

const [, , address, secret] = process.argv;
const audience = "rescuestream:playback";

function check(condition, fact) {
  if (!condition) throw new Error(fact);
}

async function call(method, path, body) {
  const answer = await fetch(address + path, {
    method,
    headers: { "X-API-Key": secret, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, json: text ? JSON.parse(text) : null };
}

async function mayWatch(token) {
  const { status } = await call("POST", "/auth", {
    action: "read", path: "live/drone1", protocol: "webrtc", id: null, ip: "127.0.0.1",
    user: "", password: "", token, query: "", userAgent: "",
  });
  return status === 200;
}

const team = (await call("POST", "/broadcasters", { display_name: "Team" })).json;
const key = await call("POST", "/stream-keys", {
  broadcaster_id: team.id, playback_path: "live/drone1", playback_policy: "signed",
});
check(key.status === 201, "a signed path is made");

const minted = (await call("POST", "/playback-tokens", { paths: ["live/drone1"], viewer_id: "tablet" })).json;
const jwks = createRemoteJWKSet(new URL(address + "/.well-known/jwks.json"));
const { payload, protectedHeader } = await jwtVerify(minted.token, jwks, { issuer: "rescuestream", audience });
check(protectedHeader.alg === "ES256", "the token is signed with ES256");
check(payload.sub === "tablet" && payload.jti === minted.id && payload.paths[0] === "live/drone1", "its claims are there");
check(await mayWatch(minted.token), "the token opens its path");
const [head, claims, signature] = minted.token.split(".");
const forged = [head, Buffer.from(JSON.stringify({ ...payload, paths: ["live/x"] })).toString("base64url"), signature].join(".");
let refusal = null;
await jwtVerify(forged, jwks, { issuer: "rescuestream", audience }).catch((error) => { refusal = error; });
check(refusal?.code === "ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "a changed token is refused");

for (const [algorithm, as_pem] of [["ES256", true], ["EdDSA", false], ["RS256", true]]) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const id = `dispatch-${algorithm}`;
  const given = as_pem ? { public_key: await exportSPKI(publicKey) } : { jwk: await exportJWK(publicKey) };
  const imported = await call("POST", "/playback-keys", { id, issuer: "dispatch.example", paths: ["live/*"], ...given });
  check(imported.status === 201 && imported.json.algorithm === algorithm, `a key for ${algorithm} is imported`);
  const sign = (paths, kid = id) => new SignJWT({ paths })
    .setProtectedHeader({ alg: algorithm, kid }).setIssuer("dispatch.example").setAudience(audience)
    .setJti(`${id}-1`).setIssuedAt().setExpirationTime("1h").sign(privateKey);
  check(await mayWatch(await sign(["live/drone1"])), `a token of jose by ${algorithm} opens its path`);
  check(!(await mayWatch(await sign(["live/drone10"]))), `a token of jose by ${algorithm} opens no other path`);
  check(!(await mayWatch(await sign(["live/drone1"], protectedHeader.kid))), "a token that names another key opens nothing");
}
console.log("tokens: our key, ES256, EdDSA, RS256");
