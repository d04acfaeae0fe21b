#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace rescuestream::cli {

/// What stands for the value of an option, or for an argument.
struct CompletedValue {
    enum class Kind {
        kNone,  ///< The word is an option without a value.
        kAny,   ///< Nothing can be offered.
        kWords,
        kFile,
        kDirectory,
        kNames,  ///< Names that `rescuestream-cli __complete` prints.
    };

    Kind kind = Kind::kNone;
    /// kWords: the words, separated by spaces. kNames: of what, "keys".
    std::string words;

    bool operator==(const CompletedValue&) const = default;
};

struct CompletedOption {
    std::vector<std::string> names;  ///< "--broadcaster", "-b".
    std::string help;
    CompletedValue value;
};

struct CompletedCommand {
    std::string name;
    std::string help;
};

/// One place in the tree of commands.
struct CompletedPlace {
    std::string place;  ///< "" for the program, "/key/create" for a command.
    std::vector<CompletedCommand> commands;
    std::vector<CompletedOption> options;  ///< With those of the whole program.
    CompletedValue target;                 ///< The first argument.
};

/// Returns all places, the program first. Hidden commands are left out.
std::vector<CompletedPlace> completed_places(const CLI::App& app);

/// Returns the names of the options of the whole program that have a value.
std::vector<std::string> options_with_value(const CompletedPlace& program);

/// Returns the patterns of these options with their value in the same word, "--server=*", each
/// between two `quote`.
std::vector<std::string> patterns_with_value(const std::vector<std::string>& options,
                                             const std::string& quote = "");

/// Returns the pattern of a `case` for "PLACE OPTION", with each of the option's names.
std::string pattern_of_option(const CompletedPlace& place, const CompletedOption& option);

/// Returns the parts with `separator` between them.
std::string joined(const std::vector<std::string>& parts, const char* separator);

/// Returns the places but that of the program, with `separator` between them.
std::string all_places(const std::vector<CompletedPlace>& places, const char* separator);

}  // namespace rescuestream::cli
