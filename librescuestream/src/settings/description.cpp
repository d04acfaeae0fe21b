#include "settings/description.hpp"

#include <fmt/format.h>

#include "settings/rows.hpp"

namespace rescuestream::settings {
namespace {

std::string flag_cell(const Row& row) {
    if ((row.used_for & kServer) == 0) return "`--server` of rescuestream-cli";
    return row.is_secret() ? "none: secret" : "`" + row.flag() + "`";
}

}  // namespace

std::string settings_as_markdown() {
    std::string text = "| setting | flag | value | default | meaning |\n|---|---|---|---|---|\n";
    for (const Row& row : rows()) {
        text += fmt::format("| `{}` | {} | {} | {} | {} |\n", row.name, flag_cell(row),
                            row.member.expected(row.member.limits), row.default_text(), row.help);
    }
    return text;
}

}  // namespace rescuestream::settings
