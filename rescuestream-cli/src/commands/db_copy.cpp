#include "commands/db_copy.hpp"

#include <fmt/format.h>

#include <ostream>

#include "arguments.hpp"
#include "output.hpp"
#include "rescuestream/database_copy.hpp"
#include "rescuestream/json.hpp"
#include "rescuestream/postgres_tools.hpp"

namespace rescuestream::cli {
namespace {

Result<std::string> address_of(const Program& program, const std::string& word, const char* name) {
    constexpr std::string_view kVariable = "env:";
    if (word.starts_with(kVariable)) {
        const auto variable = word.substr(kVariable.size());
        const auto address = environment_text(program.host, variable);
        if (address) return *address;
        return usage_error(fmt::format("{}: the variable {} is not set.", name, variable));
    }
    if (!word.starts_with("postgres")) return word;
    const auto address = address_for_tools(word);
    if (!address) return address.error();
    if (!address->had_password) return word;
    return usage_error(fmt::format(
        "{}: the address contains a password, which others can read among the arguments of a "
        "program: put the address into a variable and write env:VARIABLE, or put the password into "
        "PGPASSWORD or ~/.pgpass.",
        name));
}

/// Shows the progress in one line of a terminal.
class ProgressLine {
public:
    explicit ProgressLine(const Host& host) : host_(host) {}
    ~ProgressLine() { clear(); }
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    void show(const CopyProgress& progress) {
        if (!host_.out_is_terminal) return;
        const bool copies = progress.phase == CopyProgress::Phase::kCopying;
        host_.err << kClear << (copies ? "Copying " : "Verifying ") << progress.table << ": "
                  << progress.rows << " of " << progress.of << std::flush;
        is_shown_ = true;
    }
    void clear() {
        if (is_shown_) host_.err << kClear << std::flush;
        is_shown_ = false;
    }

private:
    static constexpr const char* kClear = "\r\x1b[K";

    const Host& host_;
    bool is_shown_ = false;
};

std::uint64_t rows_of(const DatabaseCopy& copy) {
    std::uint64_t rows = 0;
    for (const auto& table : copy.tables) rows += table.rows;
    return rows;
}

void print_json(const Program& program, const DatabaseCopy& copy) {
    auto& out = program.host.out;
    out << "{\"from\":" << to_json(printable(copy.from))
        << ",\"to\":" << to_json(printable(copy.to))
        << ",\"resumed\":" << (copy.resumed ? "true" : "false")
        << ",\"repeated\":" << (copy.repeated ? "true" : "false") << ",\"tables\":[";
    for (const auto& table : copy.tables) {
        out << (&table == copy.tables.data() ? "" : ",") << "{\"name\":" << to_json(table.name)
            << ",\"rows\":" << table.rows << ",\"digest\":" << to_json(table.digest) << "}";
    }
    out << "]}\n";
}

void print(const Program& program, const DatabaseCopy& copy) {
    Table table({"TABLE", "ROWS", "DIGEST"});
    for (const auto& each : copy.tables) {
        // The whole digest is in the JSON form.
        table.add({each.name, std::to_string(each.rows), each.digest.substr(0, 16)});
    }
    table.print(program.host);
    auto& out = program.host.out;
    if (copy.repeated) {
        out << "The source had changed since the copy was interrupted: it was copied anew.\n";
    } else if (copy.resumed) {
        out << "The copy that was interrupted was continued.\n";
    }
    out << fmt::format(
        "{} rows copied to {}, and compared with {}. Now start the server with this address as its "
        "DATABASE_URL.\n",
        rows_of(copy), printable(copy.to), printable(copy.from));
}

}  // namespace

Result<ExitCode> copy_database(const Program& program, const std::string& from,
                               const std::string& to) {
    const auto source = address_of(program, from, "FROM");
    if (!source) return source.error();
    const auto target = address_of(program, to, "TO");
    if (!target) return target.error();

    ProgressLine line(program.host);
    const auto copy =
        rescuestream::copy_database(*source, *target, program.host.clock.now(),
                                    [&](const CopyProgress& progress) { line.show(progress); });
    line.clear();
    if (!copy) return copy.error();
    if (program.options.json) {
        print_json(program, *copy);
    } else if (!program.options.quiet) {
        print(program, *copy);
    }
    if (!copy->source_users.empty()) {
        program.host.err << fmt::format(
            "The source is in use by {}: what is written to it after the copy began is missing in "
            "the copy. To move for good, stop the server and copy once more into an empty "
            "database.\n",
            printable(copy->source_users));
    }
    return ExitCode::kOk;
}

}  // namespace rescuestream::cli
