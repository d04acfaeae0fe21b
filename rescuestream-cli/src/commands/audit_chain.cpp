#include "commands/audit_chain.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>

#include "arguments.hpp"
#include "json/document.hpp"
#include "json/object.hpp"
#include "output.hpp"
#include "program.hpp"
#include "support/crypto.hpp"

namespace rescuestream::cli {
namespace {

struct ChainOptions {
    std::string checkpoint;
};

std::string json_of(const AuditCheckpoint& checkpoint) {
    return json::object([&](json::Writer& writer) {
        json::integer_member(writer, "number", checkpoint.number);
        json::member(writer, "digest", std::string_view(to_hex(checkpoint.digest)));
        json::member(writer, "sealed_at", std::string_view(format_rfc3339(checkpoint.sealed_at)));
    });
}

Error bad_checkpoint(const std::string& file) {
    return usage_error(
        fmt::format("--checkpoint: {} is not a file that audit checkpoint has printed.", file));
}

Result<AuditCheckpoint> read_checkpoint(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    const auto document = json::parse(text);
    if (!stream || !document || !document->IsObject()) return bad_checkpoint(file);
    const auto number = document->FindMember("number");
    const auto digest = document->FindMember("digest");
    AuditCheckpoint checkpoint;
    const bool is_whole =
        number != document->MemberEnd() && number->value.IsInt64() &&
        digest != document->MemberEnd() && digest->value.IsString() &&
        from_hex({digest->value.GetString(), digest->value.GetStringLength()}, checkpoint.digest);
    if (!is_whole) return bad_checkpoint(file);
    checkpoint.number = number->value.GetInt64();
    return checkpoint;
}

std::string json_of(const AuditVerification& result) {
    return json::object([&](json::Writer& writer) {
        json::write(writer, "intact");
        writer.Bool(result.findings.empty());
        const auto count = [&](const char* name, std::uint64_t value) {
            json::integer_member(writer, name, static_cast<std::int64_t>(value));
        };
        count("entries", result.entries);
        count("unsealed", result.unsealed);
        count("cut", result.cut);
        json::integer_member(writer, "seals", result.seals);
        json::write(writer, "signatures_checked");
        writer.Bool(result.signatures_checked);
        json::write(writer, "findings");
        writer.StartArray();
        for (const auto& finding : result.findings) {
            writer.StartObject();
            json::member(writer, "kind", to_string(finding.kind));
            if (finding.entry) {
                json::member(writer, "entry", std::string_view(finding.entry->to_string()));
            }
            if (finding.seal) json::integer_member(writer, "seal", *finding.seal);
            json::member(writer, "text", std::string_view(finding.text));
            writer.EndObject();
        }
        writer.EndArray();
        count("more_findings", result.more_findings);
    });
}

// A restored database has no secret beside it unless somebody puts it there.
std::string secret_hint(const Program& program) {
    const auto directory = known_data_directory(program.options, program.host);
    return fmt::format(
        "The signatures were not checked, because the server's API secret is not known here: {}"
        "set API_SECRET, or give --api-secret-file FILE.\n",
        directory.empty() ? ""
                          : fmt::format("copy the file api-secret of the server's data directory "
                                        "(backup.md) to {}/api-secret; or ",
                                        printable(directory)));
}

// Without a seal there is no signature.
bool is_verified(const AuditVerification& result) {
    return result.signatures_checked || result.seals == 0;
}

void print(const Program& program, const AuditVerification& result) {
    auto& out = program.host.out;
    for (const auto& finding : result.findings) out << finding.text << ".\n";
    if (result.more_findings > 0) out << "And " << result.more_findings << " more.\n";
    out << fmt::format(
        "{} entries in {} seals compared, {} too new to be sealed, {} deleted by retention.\n",
        result.entries, result.seals, result.unsealed, result.cut);
    if (!result.signatures_checked) {
        out << secret_hint(program);
    }
    if (!result.findings.empty()) {
        out << "The audit log was changed.\n";
    } else if (is_verified(result)) {
        out << "The audit log is as it was sealed.\n";
    } else {
        out << "The audit log fits its seals, and the seals are not verified: who can write to the "
               "database may have changed both.\n";
    }
}

Result<ExitCode> verify(const ChainOptions& options, const Program& program) {
    std::optional<AuditCheckpoint> checkpoint;
    if (!options.checkpoint.empty()) {
        const auto given = read_checkpoint(options.checkpoint);
        if (!given) return given.error();
        checkpoint = *given;
    }
    const auto admin = program.open_current_database();
    if (!admin) return admin.error();
    const auto result = (*admin)->audit().verify_audit(checkpoint, [&](std::uint64_t entries) {
        if (program.host.out_is_terminal) {
            program.host.err << "\r\x1b[KVerified " << entries << " entries" << std::flush;
        }
    });
    if (program.host.out_is_terminal) program.host.err << "\r\x1b[K" << std::flush;
    if (!result) return result.error();
    if (program.options.json) {
        program.host.out << json_of(*result) << '\n';
    } else {
        print(program, *result);
    }
    if (!result->findings.empty()) return ExitCode::kConflict;
    return is_verified(*result) ? ExitCode::kOk : ExitCode::kUnsupported;
}

Result<ExitCode> checkpoint(const Program& program) {
    const auto admin = program.open_current_database();
    if (!admin) return admin.error();
    const auto newest = (*admin)->audit().audit_checkpoint();
    if (!newest) return newest.error();
    program.host.out << json_of(*newest) << '\n';
    return ExitCode::kOk;
}

}  // namespace

void add_chain_commands(CLI::App& noun, Program& program) {
    auto options = std::make_shared<ChainOptions>();
    auto* verifying = noun.add_subcommand(
        "verify", "Find entries of the audit log that were edited, removed or inserted");
    verifying
        ->add_option("--checkpoint", options->checkpoint,
                     "File with the output of audit checkpoint, from another machine")
        ->type_name("FILE");
    verifying->callback([options, &program] {
        program.action = [options, &program] { return verify(*options, program); };
    });
    noun.add_subcommand("checkpoint",
                        "Seal the audit log and print the newest seal, to be kept elsewhere")
        ->callback([&program] { program.action = [&program] { return checkpoint(program); }; });
}

}  // namespace rescuestream::cli
