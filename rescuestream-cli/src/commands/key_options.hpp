#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/field_options.hpp"
#include "commands/lists.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// The options of the `key` commands.
struct KeyOptions {
    std::string key;
    std::string broadcaster;
    std::string incident;
    bool until_closed = false;
    GivenFields fields;  ///< Members of NewStreamKey or StreamKeyPatch.
    std::string status;
    std::string label;
    std::string path;
    std::vector<std::string> reset;
    std::string overlap = "0";
    std::string value_file;
    std::string qr;  ///< Which address is shown as a QR code: "rtmp", "whip", or none.
    bool yes = false;
    PageOptions page;
    ListOptions list;
};

}  // namespace rescuestream::cli
