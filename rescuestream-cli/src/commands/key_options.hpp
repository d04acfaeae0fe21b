#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/field_options.hpp"
#include "commands/lists.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// What the command lines of `key` say.
struct KeyOptions {
    std::string key;
    std::string broadcaster;
    GivenFields fields;  ///< Of NewStreamKey or StreamKeyPatch.
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

/// One key in the form that was asked for.
ExitCode show_key(const Program& program, AdminApi& admin, const StreamKey& key);

}  // namespace rescuestream::cli
