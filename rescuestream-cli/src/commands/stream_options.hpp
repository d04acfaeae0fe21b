#pragma once

#include <string>

#include "commands/lists.hpp"
#include "program.hpp"

namespace rescuestream::cli {

/// The options of the `stream` commands.
struct StreamOptions {
    std::string stream;
    std::string state = "live";
    std::string key;
    std::string broadcaster;
    std::string incident;
    std::string label;
    std::string node;
    std::string from;
    std::string to;
    std::string block = "0";
    bool yes = false;
    PageOptions page;
    ListOptions list;
};

}  // namespace rescuestream::cli
