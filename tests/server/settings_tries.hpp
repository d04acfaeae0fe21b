#pragma once

#include <string>
#include <vector>

namespace rescuestream::server::testing {

/// A text that people write for a setting.
struct Try {
    std::string name;
    std::string text;
    /// The value in force as the program shows it. Empty: the text is refused by the setting's
    /// name.
    std::string shown = {};
};

/// Returns at least three tries for every setting.
std::vector<Try> all_tries();

}  // namespace rescuestream::server::testing
