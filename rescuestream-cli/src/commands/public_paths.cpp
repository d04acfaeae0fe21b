#include "commands/public_paths.hpp"

#include <fmt/format.h>

#include <ostream>

#include "output.hpp"
#include "rescuestream/guest_links.hpp"

namespace rescuestream::cli {

void tell_public_paths(const Program& program, const std::vector<std::string>& paths,
                       std::string_view without) {
    if (paths.empty()) return;
    std::string names;
    for (const auto& path : paths) names += (names.empty() ? "" : ", ") + printable(path);
    if (paths.size() == kMostPublicPaths) names += ", …";
    program.host.err << fmt::format(
        "Warning: everybody who knows the path can also watch {} {}, because playback there is "
        "public. To change that: rescuestream-cli key edit {} --playback-policy signed{}. (Where "
        "several keys share the path, name one of them by its label or id.)\n",
        names, without, printable(paths.front()),
        paths.size() == 1 ? "" : ", and the same for the others");
}

}  // namespace rescuestream::cli
