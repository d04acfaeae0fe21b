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
    GivenFields fields;  ///< Members of NewStreamKey or StreamKeyPatch.
    std::vector<std::string> reset;
    std::string overlap = "0";
    std::string value_file;
    bool yes = false;
    PageOptions page;
};

// The verbs that change something (key_changes.cpp).
Result<ExitCode> create_key(const KeyOptions& options, const Program& program);
Result<ExitCode> edit_key(const KeyOptions& options, const Program& program);
Result<ExitCode> rotate_key(const KeyOptions& options, const Program& program);
Result<ExitCode> disable_key(const KeyOptions& options, const Program& program);
Result<ExitCode> enable_key(const KeyOptions& options, const Program& program);
Result<ExitCode> revoke_key(const KeyOptions& options, const Program& program);

/// Prints one key in the requested output form.
ExitCode show_key(const Program& program, AdminApi& admin, const StreamKey& key);

}  // namespace rescuestream::cli
