#include "support/control_credential.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "support/crypto.hpp"
#include "support/secret_file.hpp"

namespace rescuestream {
namespace {

Secret derived(const Secret& from, const std::string& purpose) {
    return Secret(base64url_encode(hmac_sha256(from.reveal(), purpose)));
}

Result<Secret> closed(Result<KeptSecret> kept, const std::string& file) {
    if (!kept) return std::move(kept).error();
    if (!kept->open_to_everybody) return std::move(kept->secret);
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("Every user of this machine can read the credential in {}: remove the "
                             "file. The server makes a new one when it is started again.",
                             file),
                 {},
                 {}};
}

Result<void> check_directory(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) return {};
    return Error{ErrorCode::kNotFound,
                 fmt::format("There is no directory {}.", path),
                 error ? error.message() : std::string(),
                 {}};
}

// The secret that a server has made in this directory. Empty: none, or it cannot be read.
Secret made_api_secret(const std::string& data_directory) {
    auto kept = read_kept_secret(data_directory + "/api-secret");
    return kept ? std::move(kept->secret) : Secret();
}

// Whoever copies the made secret into API_SECRET has the same installation. Its control secret may
// be random: servers of before did not derive it.
bool is_made_here(const Secret& api_secret, const Secret& made) {
    return api_secret.empty() || (!made.empty() && made.equals(api_secret.reveal()));
}

}  // namespace

std::string control_secret_file(const std::string& data_directory) {
    return data_directory + "/mediamtx-api-secret";
}

std::string control_password_file(const std::string& data_directory) {
    return data_directory + "/mediamtx-password";
}

Secret derive_control_secret(const Secret& api_secret) {
    return derived(api_secret, "rescuestream control interface");
}

Result<Secret> keep_control_secret(const std::string& data_directory, const Secret& api_secret) {
    if (auto found = check_directory(data_directory); !found) return std::move(found).error();
    const std::string file = control_secret_file(data_directory);
    const Secret made = made_api_secret(data_directory);
    const Secret& root = api_secret.empty() ? made : api_secret;
    const Secret wanted = root.empty() ? generate_secret() : derive_control_secret(root);
    auto kept = closed(keep_secret(file, wanted), file);
    if (!kept || is_made_here(api_secret, made) || kept->equals(wanted.reveal())) return kept;
    if (auto replaced = replace_kept_secret(file, wanted); !replaced) {
        return std::move(replaced).error();
    }
    return wanted;
}

Result<Secret> find_control_secret(const std::string& data_directory, const Secret& api_secret) {
    const Secret made = made_api_secret(data_directory);
    if (!is_made_here(api_secret, made)) return derive_control_secret(api_secret);
    const std::string file = control_secret_file(data_directory);
    auto kept = closed(read_kept_secret(file), file);
    if (kept || kept.error().code == ErrorCode::kInvalidArgument) return kept;
    const bool is_missing = kept.error().code == ErrorCode::kNotFound;
    return is_missing && !made.empty() ? derive_control_secret(made) : Secret();
}

Node with_control_credential(Node node, const Secret& control_secret) {
    const bool has_own = !node.api_user.empty() || !node.api_password.empty();
    if (has_own || control_secret.empty()) return node;
    node.api_user = kControlUser;
    // Derived from its address, too, so that another machine that is registered under the same name
    // gets another credential.
    node.api_password = derived(control_secret, "node\n" + node.name + "\n" + node.api_url);
    return node;
}

Secret default_control_password(const Secret& control_secret, const std::string& node) {
    Node asked;
    asked.name = node;
    return with_control_credential(std::move(asked), control_secret).api_password;
}

Result<void> keep_control_password(const std::string& data_directory, const Secret& password) {
    if (auto found = check_directory(data_directory); !found) return found;
    const std::string file = control_password_file(data_directory);
    const auto kept = keep_secret(file, password);
    if (!kept) return kept.error();
    if (!kept->secret.equals(password.reveal())) return replace_kept_secret(file, password);
    if (!kept->open_to_everybody) return {};
    return Error{ErrorCode::kInvalidArgument,
                 fmt::format("every user of this machine can read {}: set its mode to 0600, and "
                             "MEDIAMTX_API_PASSWORD to another one",
                             file),
                 {},
                 {}};
}

}  // namespace rescuestream
