#include "tokens/jwk.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>
#include <string>

#include "json/document.hpp"
#include "json/values.hpp"
#include "support/crypto.hpp"

namespace rescuestream::tokens {
namespace {

using Key = std::shared_ptr<void>;

Key owned(EVP_PKEY* key) {
    return {key, [](void* each) { EVP_PKEY_free(static_cast<EVP_PKEY*>(each)); }};
}

std::string bytes_of_member(const rapidjson::Value& json, const char* name) {
    return base64url_decode(json::read::text(json, name)).value_or("");
}

template <class Add>
Key made(const char* type, Add add) {
    const std::unique_ptr<OSSL_PARAM_BLD, void (*)(OSSL_PARAM_BLD*)> build(OSSL_PARAM_BLD_new(),
                                                                           OSSL_PARAM_BLD_free);
    const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
        EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
    if (!build || !context || !add(build.get())) return nullptr;
    const std::unique_ptr<OSSL_PARAM, void (*)(OSSL_PARAM*)> parameters(
        OSSL_PARAM_BLD_to_param(build.get()), OSSL_PARAM_free);
    EVP_PKEY* key = nullptr;
    if (!parameters || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
        return nullptr;
    }
    return owned(key);
}

Key elliptic(const rapidjson::Value& json) {
    const std::string x = bytes_of_member(json, "x");
    const std::string y = bytes_of_member(json, "y");
    if (json::read::text(json, "crv") != "P-256" || x.size() != 32 || y.size() != 32) return {};
    const std::string point = "\x04" + x + y;
    return made("EC", [&](OSSL_PARAM_BLD* build) {
        return OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) ==
                   1 &&
               OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                                point.size()) == 1;
    });
}

Key edwards(const rapidjson::Value& json) {
    const std::string x = bytes_of_member(json, "x");
    if (json::read::text(json, "crv") != "Ed25519" || x.size() != 32) return {};
    return owned(EVP_PKEY_new_raw_public_key(
        EVP_PKEY_ED25519, nullptr, reinterpret_cast<const unsigned char*>(x.data()), x.size()));
}

Key rsa(const rapidjson::Value& json) {
    using Number = std::unique_ptr<BIGNUM, void (*)(BIGNUM*)>;
    const auto number = [&](const char* name) {
        const std::string bytes = bytes_of_member(json, name);
        return Number(BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                                static_cast<int>(bytes.size()), nullptr),
                      BN_free);
    };
    const Number n = number("n");
    const Number e = number("e");
    return made("RSA", [&](OSSL_PARAM_BLD* build) {
        return n && e && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
               OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e.get()) == 1;
    });
}

Error wrong(std::string message) {
    return {ErrorCode::kInvalidArgument, std::move(message), {}, {}};
}

}  // namespace

Result<VerifyingKey> key_of_jwk(std::string_view text, std::string& id) {
    const auto json = json::parse(text, {.max_bytes = 16 * 1024, .max_depth = 4});
    if (!json || !json->IsObject()) return wrong("must be a JWK, a JSON object");
    try {
        if (json->HasMember("d") || json->HasMember("k")) {
            return wrong(
                "must be the public half: a private key belongs only to the program that signs "
                "with it, so replace this one");
        }
        id = json::read::optional_text(*json, "kid").value_or("");
        const std::string type = json::read::text(*json, "kty");
        Key key;
        if (type == "EC") key = elliptic(*json);
        if (type == "OKP") key = edwards(*json);
        if (type == "RSA") key = rsa(*json);
        auto made = VerifyingKey::accepted(std::move(key));
        const auto algorithm = json::read::optional_text(*json, "alg");
        if (made && algorithm && *algorithm != to_string(made->algorithm())) {
            return wrong("names another algorithm than its key has");
        }
        return made;
    } catch (const json::BadValue& error) {
        return wrong(std::string("is not a JWK: ") + error.what());
    }
}

}  // namespace rescuestream::tokens
