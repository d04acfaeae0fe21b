#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "arguments.hpp"
#include "commands/commands.hpp"
#include "commands/field_options.hpp"
#include "commands/field_shower.hpp"
#include "commands/key_value.hpp"
#include "commands/lists.hpp"
#include "commands/options.hpp"
#include "commands/verbs.hpp"
#include "fields/api_credential.hpp"
#include "json/object.hpp"
#include "output.hpp"
#include "rescuestream/json.hpp"
#include "support/text.hpp"
#include "times.hpp"

namespace rescuestream::cli {
namespace {

struct CredentialOptions {
    std::string credential;
    GivenFields fields;  ///< Members of NewApiCredential or ApiCredentialPatch.
    std::vector<std::string> reset;
    std::string overlap = "0";
    std::string value_file;
    bool yes = false;
    ListOptions list;
};

Result<ApiCredentialId> resolve_credential(AdminApi& admin, const std::string& text) {
    if (auto id = ApiCredentialId::parse(text)) {
        const auto found = admin.credentials().find_credential(*id);
        if (found) return *std::move(id);
        if (found.error().code != ErrorCode::kNotFound) return found.error();
    }
    const auto all = admin.credentials().list_credentials();
    if (!all) return all.error();
    const ApiCredential* named = nullptr;
    for (const auto& each : *all) {
        if (each.label != text || each.revoked_at) continue;
        if (named != nullptr) {
            return usage_error(fmt::format(
                "Several credentials have the label \"{}\": give the id.", printable(text)));
        }
        named = &each;
    }
    if (named != nullptr) return named->id;
    return Error{
        ErrorCode::kNotFound,
        fmt::format("There is no credential with the id or label \"{}\".", printable(text)),
        {},
        {}};
}

void add_details(Details& details, const ApiCredential& credential, Timestamp now) {
    details.add("Id", credential.id.value);
    details.add("Status", std::string(to_string(credential.status_at(now))));
    const FieldShower show(details);
    show(fields::kCredentialLabel, credential.label);
    show(fields::kScopes, credential.scopes);
    details.add("Expires",
                credential.expires_at ? show_expiry(*credential.expires_at, now) : "never");
    if (!credential.allowed_addresses.empty()) {
        show(fields::kCredentialAddresses, credential.allowed_addresses);
    }
    if (!credential.broadcasters.empty()) {
        show(fields::kCredentialBroadcasters, credential.broadcasters);
    }
    details.add("Made by", credential.made_by);
    details.add("Created", show_time(credential.created_at, now));
    if (credential.revoked_at) details.add("Revoked", show_time(*credential.revoked_at, now));
    const auto& overlap = credential.previous_secret_expires_at;
    if (overlap && *overlap > now) {
        details.add("Old secret", "valid until " + show_time(*overlap, now));
    }
    details.add("Last used",
                credential.last_used_at
                    ? fmt::format("{} from {}", show_time(*credential.last_used_at, now),
                                  credential.last_used_address)
                    : "never");
}

Result<ExitCode> show_credential(const Program& program, const ApiCredential& credential,
                                 Timestamp now) {
    if (program.options.json) {
        program.host.out << to_json(credential, now) << '\n';
    } else if (program.options.quiet) {
        program.host.out << credential.id.value << '\n';
    } else {
        Details details;
        add_details(details, credential, now);
        details.print(program.host);
    }
    return ExitCode::kOk;
}

// Prints the secret, which is never shown again, and writes it to `file` if there is one.
Result<ExitCode> hand_over_credential(const Program& program, const CreatedApiCredential& made,
                                      Timestamp now, std::optional<ReservedFile>& file) {
    auto& out = program.host.out;
    const std::string text = escape_unprintable(made.text.reveal());
    if (program.options.json) {
        // Everything but the credential itself, if that goes to a file.
        out << (file ? to_json(made.credential, now) : to_json(made, now)) << '\n';
    } else if (program.options.quiet) {
        out << made.credential.id.value << '\n';
        if (!file) program.host.err << "Credential (it is shown only once): " << text << '\n';
    } else {
        Details details;
        add_details(details, made.credential, now);
        details.print(program.host);
        if (!file) out << "\nCredential (it is shown only once):\n  " << text << '\n';
        out << "\nUse it as  Authorization: Bearer CREDENTIAL  or in X-API-Key. For "
               "rescuestream-cli put it in a\nfile that only you can read: rescuestream-cli "
               "--api-secret-file FILE whoami\n";
    }
    if (file) {
        if (auto written = file->write(made.text.reveal() + "\n"); !written) return written.error();
    }
    return ExitCode::kOk;
}

template <class Input>
Result<void> read_members(const CredentialOptions& options, AdminApi& admin, Input& input) {
    GivenFields given = options.fields;
    auto resolved = resolve_broadcasters(given, fields::kCredentialBroadcasters, admin);
    return resolved ? read_fields(given, admin.now(), input) : resolved;
}

Result<ExitCode> add_credential(const CredentialOptions& options, const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    NewApiCredential input;
    if (auto read = read_members(options, **admin, input); !read) return read.error();
    auto file = reserve_value_file(options.value_file);
    if (!file) return std::move(file).error();
    const auto made = (*admin)->credentials().create_credential(input);
    if (!made) return made.error();
    return hand_over_credential(program, *made, (*admin)->now(), *file);
}

const std::vector<Column>& credential_columns() {
    using enum Column::Shown;
    static const std::vector<Column> columns{{"id"},
                                             {"label", kAlways, 8},
                                             {"status"},
                                             {"scopes", kAlways, 12},
                                             {"expires"},
                                             {"last_used"},
                                             {"from", kWide},
                                             {"made_by", kWide},
                                             {"created", kWide}};
    return columns;
}

ListCell status_cell(ApiCredentialStatus status) {
    switch (status) {
        case ApiCredentialStatus::kActive:
            return text_cell("active", Colour::kGood);
        case ApiCredentialStatus::kRevoked:
        case ApiCredentialStatus::kExpired:
            break;
    }
    return text_cell(std::string(to_string(status)), Colour::kFaint);
}

std::string words_of(const Scopes& scopes) {
    std::string words;
    for (const Scope scope : scopes.all()) {
        if (!words.empty()) words += ' ';
        words += to_string(scope);
    }
    return words;
}

Result<ExitCode> list_credentials(const CredentialOptions& options, const Program& program) {
    return run_list(
        program, options.list, [&](AdminApi& admin, const ListForm&) -> Result<ListOutput> {
            const auto found = admin.credentials().list_credentials();
            if (!found) return found.error();
            ListOutput output{"credentials", credential_columns(), {}, {}, {}, {}, {}};
            output.empty =
                "There are no credentials yet: rescuestream-cli credential add LABEL --scope SCOPE";
            const Timestamp now = admin.now();
            const auto time_or = [&](const std::optional<Timestamp>& time) {
                return time ? time_cell(*time, now) : text_cell("never", Colour::kFaint);
            };
            for (const auto& each : *found) {
                output.rows.push_back(
                    {each.id.value,
                     to_json(each, now),
                     {text_cell(each.id.value), text_cell(each.label),
                      status_cell(each.status_at(now)), text_cell(words_of(each.scopes)),
                      time_or(each.expires_at), time_or(each.last_used_at),
                      text_cell(each.last_used_address), text_cell(each.made_by),
                      time_cell(each.created_at, now)}});
            }
            return output;
        });
}

Result<ExitCode> show_one_credential(const CredentialOptions& options, const Program& program) {
    return with_target(program, options.credential, resolve_credential,
                       [&](AdminApi& admin, const ApiCredentialId& id) -> Result<ExitCode> {
                           const auto found = admin.credentials().find_credential(id);
                           if (!found) return found.error();
                           return show_credential(program, *found, admin.now());
                       });
}

Result<ExitCode> edit_credential(const CredentialOptions& options, const Program& program) {
    if (options.fields.empty() && options.reset.empty()) {
        return usage_error("There is nothing to change: give --label, --scope or another option.");
    }
    return with_target(program, options.credential, resolve_credential,
                       [&](AdminApi& admin, const ApiCredentialId& id) -> Result<ExitCode> {
                           ApiCredentialPatch patch;
                           patch.reset = options.reset;
                           auto read = read_members(options, admin, patch);
                           if (!read) return read.error();
                           const auto changed = admin.credentials().update_credential(id, patch);
                           if (!changed) return changed.error();
                           return show_credential(program, *changed, admin.now());
                       });
}

Result<ExitCode> rotate_credential(const CredentialOptions& options, const Program& program) {
    const auto overlap = parse_length(options.overlap, "--overlap");
    if (!overlap) return overlap.error();
    const bool at_once = overlap->count() == 0;
    const auto question = fmt::format(
        "Replace the secret of credential {}? (The present one {}.)", options.credential,
        at_once ? "becomes invalid at once" : "stays valid for " + show_duration(*overlap));
    return with_target(program, options.credential, resolve_credential,
                       [&](AdminApi& admin, const ApiCredentialId& id) -> Result<ExitCode> {
                           const auto agreed = confirm(program.host, options.yes, question);
                           if (!agreed || *agreed != ExitCode::kOk) return agreed;
                           auto file = reserve_value_file(options.value_file);
                           if (!file) return std::move(file).error();
                           const auto made = admin.credentials().rotate_credential(id, *overlap);
                           if (!made) return made.error();
                           return hand_over_credential(program, *made, admin.now(), *file);
                       });
}

Result<ExitCode> revoke_credential(const CredentialOptions& options, const Program& program) {
    const auto question = fmt::format("Revoke credential {} permanently?", options.credential);
    return with_target(program, options.credential, resolve_credential,
                       [&](AdminApi& admin, const ApiCredentialId& id) -> Result<ExitCode> {
                           const auto agreed = confirm(program.host, options.yes, question);
                           if (!agreed || *agreed != ExitCode::kOk) return agreed;
                           const auto revoked = admin.credentials().revoke_credential(id);
                           if (!revoked) return revoked.error();
                           return show_credential(program, *revoked, admin.now());
                       });
}

Result<ExitCode> remove_credential(const CredentialOptions& options, const Program& program) {
    const auto question =
        fmt::format("Revoke credential {} and remove it from the list?", options.credential);
    return with_target(program, options.credential, resolve_credential,
                       [&](AdminApi& admin, const ApiCredentialId& id) -> Result<ExitCode> {
                           const auto agreed = confirm(program.host, options.yes, question);
                           if (!agreed || *agreed != ExitCode::kOk) return agreed;
                           const auto removed = admin.credentials().delete_credential(id);
                           if (!removed) return removed.error();
                           if (program.options.json) {
                               program.host.out << "{\"id\":\"" << id.value << "\"}\n";
                           } else if (program.options.quiet) {
                               program.host.out << id.value << '\n';
                           } else {
                               program.host.out << "Credential " << id.value << " removed.\n";
                           }
                           return ExitCode::kOk;
                       });
}

Result<ExitCode> show_caller(const Program& program) {
    const auto admin = program.open();
    if (!admin) return admin.error();
    const auto who = (*admin)->credentials().who_am_i();
    if (!who) return who.error();
    if (program.options.json) {
        program.host.out << json::object([&](json::Writer& writer) {
            json::member(writer, "actor", std::string_view(who->actor));
            json::member(writer, "address", std::string_view(who->address));
            json::write(writer, "scopes");
            writer.StartArray();
            for (const Scope scope : who->scopes.all()) json::write(writer, to_string(scope));
            writer.EndArray();
            if (who->credential) {
                json::raw_member(writer, "credential", to_json(*who->credential, (*admin)->now()));
            }
        }) << '\n';
        return ExitCode::kOk;
    }
    if (program.options.quiet) {
        program.host.out << printable(who->actor) << '\n';
        return ExitCode::kOk;
    }
    Details details;
    details.add("Actor", who->actor);
    details.add("Address", who->address);
    details.add("Scopes", words_of(who->scopes));
    details.print(program.host);
    if (who->credential) {
        program.host.out << '\n';
        return show_credential(program, *who->credential, (*admin)->now());
    }
    return ExitCode::kOk;
}

}  // namespace

void add_credential_commands(CLI::App& app, Program& program) {
    Verbs<CredentialOptions> verbs(app, program, "credential",
                                   "What programs and people call the API with");
    const auto add_target_to = [&](CLI::App* verb) {
        add_target(verb, "CREDENTIAL", verbs->credential, "Id, or label if only one has it");
        return verb;
    };
    const auto add_value_file = [&](CLI::App* verb) {
        verb->add_option("--value-file", verbs->value_file,
                         "Write the credential to this new file, which only you can read")
            ->type_name("FILE");
    };

    auto* add_verb =
        verbs.add("add", "Create a credential; its secret is shown only once", add_credential);
    const OptionAdder adder(*add_verb, verbs->fields, OptionAdder::Required::kAll);
    const NewApiCredential any_new{};
    fields::for_each_field(any_new, [&](const Field& field, const auto& member) {
        if (field.name == fields::kCredentialLabel.name) {
            adder.argument(field, "LABEL");
        } else {
            adder(field, member);
        }
    });
    add_value_file(add_verb);

    add_list_options(*verbs.add("list", "List credentials, newest first", list_credentials),
                     verbs->list, credential_columns());
    add_target_to(verbs.add("show", "Show one credential", show_one_credential));

    auto* edit_verb = add_target_to(
        verbs.add("edit", "Change what it permits, where, and how long", edit_credential));
    const ApiCredentialPatch any_patch{};
    fields::for_each_field(any_patch, OptionAdder(*edit_verb, verbs->fields));
    one_of(edit_verb->add_option("--reset", verbs->reset, "Remove a limit; may be repeated"),
           fields::resettable_credential_fields())
        ->allow_extra_args(false);

    auto* rotate_verb = add_target_to(verbs.add("rotate", "Replace its secret", rotate_credential));
    rotate_verb
        ->add_option("--overlap", verbs->overlap,
                     "How long the old secret stays valid, such as 1h or 7d (0: it ends at once)")
        ->type_name("LENGTH")
        ->capture_default_str();
    add_value_file(rotate_verb);
    add_yes(*rotate_verb, verbs->yes);

    add_yes(*add_target_to(verbs.add("revoke", "Refuse it from now on", revoke_credential)),
            verbs->yes);
    add_yes(*add_target_to(
                verbs.add("remove", "Revoke it and remove it from the list", remove_credential)),
            verbs->yes);

    app.add_subcommand("whoami", "Show who calls, and what the caller may do")
        ->callback([&program] { program.action = [&program] { return show_caller(program); }; });
}

}  // namespace rescuestream::cli
