#include "fields/api_credential_json.hpp"

#include "fields/api_credential.hpp"
#include "fields/field_io.hpp"
#include "json/object.hpp"
#include "json/record_io.hpp"
#include "rescuestream/json/api_credential_json.hpp"

namespace rescuestream {
namespace {

struct DescribeApiCredential {
    Timestamp now{};

    template <class Io, class Credential>
    void operator()(Io& io, Credential& credential) const {
        io.required("id", credential.id.value);
        if constexpr (Io::kWrites) io.required("status", credential.status_at(now));
        const auto visit = [&](const Field& field, auto& member) {
            if constexpr (Io::kWrites) {
                fields::FieldWriter(io.writer())(field, member);
            } else {
                fields::FieldReader(io.json(), fields::UnknownWords::kIgnored)(field, member);
            }
        };
        io.required("label", credential.label);
        visit(fields::kScopes, credential.scopes);
        visit(fields::kCredentialAddresses, credential.allowed_addresses);
        visit(fields::kCredentialBroadcasters, credential.broadcasters);
        io.required("made_by", credential.made_by);
        io.required("created_at", credential.created_at);
        io.required("updated_at", credential.updated_at);
        io.optional("expires_at", credential.expires_at);
        io.optional("revoked_at", credential.revoked_at);
        // A time in the past is not written.
        const auto& overlap = credential.previous_secret_expires_at;
        if (!Io::kWrites || (overlap && *overlap > now)) {
            io.optional("previous_secret_expires_at", credential.previous_secret_expires_at);
        }
        io.optional("last_used_at", credential.last_used_at);
        io.optional("last_used_address", credential.last_used_address);
    }
};

}  // namespace

std::string to_json(const ApiCredential& credential, Timestamp now) {
    return json::write_record(credential, DescribeApiCredential{now});
}

std::string to_json(const CreatedApiCredential& created, Timestamp now) {
    return json::object([&](json::Writer& writer) {
        json::MemberWriter io(writer);
        DescribeApiCredential{now}(io, created.credential);
        json::member(writer, "secret", created.text.reveal());
    });
}

namespace fields {

NewApiCredential read_new_api_credential(json::BodyReader& body, Timestamp now) {
    NewApiCredential input;
    for_each_field(input, InputReader(body, now));
    return input;
}

ApiCredentialPatch read_api_credential_patch(json::BodyReader& body, Timestamp now) {
    ApiCredentialPatch patch;
    for_each_field(patch, InputReader(body, now));
    patch.reset = body.words("reset", resettable_credential_fields());
    return patch;
}

std::string to_body(const NewApiCredential& input) {
    return json::object([&](json::Writer& writer) {
        const FieldWriter write(writer);
        for_each_field(input, [&](const Field& field, const auto& member) {
            // A list without elements means that there is no limit.
            if constexpr (requires { member.empty(); }) {
                if (member.empty()) return;
            }
            write(field, member);
        });
    });
}

std::string to_body(const ApiCredentialPatch& patch) {
    return json::object([&](json::Writer& writer) {
        for_each_field(patch, FieldWriter(writer));
        if (patch.reset.empty()) return;
        json::write(writer, "reset");
        writer.StartArray();
        for (const auto& name : patch.reset) json::write(writer, name);
        writer.EndArray();
    });
}

ApiCredential read_api_credential(const rapidjson::Value& json) {
    return json::read_record<ApiCredential>(json, DescribeApiCredential{});
}

CreatedApiCredential read_created_api_credential(const rapidjson::Value& json) {
    return {read_api_credential(json), Secret(json::read::text(json, "secret"))};
}

}  // namespace fields
}  // namespace rescuestream
