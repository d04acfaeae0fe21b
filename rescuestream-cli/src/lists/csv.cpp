#include "lists/csv.hpp"

#include <string_view>

#include "output.hpp"

namespace rescuestream::cli {
namespace {

bool looks_like_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != text.npos;
}

}  // namespace

std::string csv_line(const std::vector<CsvField>& fields) {
    std::string line;
    for (const auto& field : fields) {
        if (&field != &fields.front()) line += ',';
        const bool guarded = !field.is_number && looks_like_formula(field.text);
        // A list is often shown on a terminal, and a device chooses its user agent.
        const std::string shown = printable(field.text);
        const std::string text = guarded ? "'" + shown : shown;
        if (text.find_first_of(",\"\r\n") == std::string::npos) {
            line += text;
            continue;
        }
        line += '"';
        for (const char c : text) {
            if (c == '"') line += '"';
            line += c;
        }
        line += '"';
    }
    return line + "\r\n";
}

}  // namespace rescuestream::cli
