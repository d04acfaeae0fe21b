#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "host.hpp"
#include "rescuestream/result.hpp"

namespace rescuestream::cli {

/// How errors and warnings are printed on the error output: for people, or as one JSON object a
/// line.
enum class ErrorForm { kText, kJson };

/// kJson if the arguments of a command ask for JSON (`--json`, `--output json`). Errors in the
/// arguments themselves are printed in that form too, so the arguments are not parsed for this.
ErrorForm error_form(const std::vector<std::string>& arguments);

/// The options and arguments of the command in use: "--until", "NAME".
using CommandOptions = std::set<std::string, std::less<>>;

/// Prints `error`: its message and each wrong field by its option, without secrets. Members
/// of the HTTP contract have another option in one command than in another: that of `command`. As
/// JSON it is a problem object as the HTTP API's:
/// `{"type","title","detail","exit_code","errors":[{"pointer", "option","detail"}],"cause"}`.
void show_error(const Error& error, ErrorForm form, Host& host, const CommandOptions& command = {});

/// Prints a warning; as JSON `{"warning":"…"}`.
void show_warning(const std::string& warning, ErrorForm form, Host& host);

}  // namespace rescuestream::cli
