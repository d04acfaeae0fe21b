#pragma once

#include <string>
#include <vector>

namespace rescuestream::cli {

struct CsvField {
    std::string text;
    bool is_number = false;
};

/// Returns one record of a CSV file (RFC 4180), with its end of line. A text that a spreadsheet
/// would calculate as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return)
/// gets an apostrophe in front, by which spreadsheets recognize a text.
std::string csv_line(const std::vector<CsvField>& fields);

}  // namespace rescuestream::cli
