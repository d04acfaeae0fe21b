#include "width.hpp"

#include <utf8proc.h>

#include <utility>

namespace rescuestream::cli {
namespace {

struct Character {
    std::size_t bytes = 1;
    std::size_t width = 1;
};

Character first_of(std::string_view text) noexcept {
    utf8proc_int32_t character = 0;
    const auto length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                         static_cast<utf8proc_ssize_t>(text.size()), &character);
    if (length <= 0) return {};
    return {static_cast<std::size_t>(length),
            static_cast<std::size_t>(utf8proc_charwidth(character))};
}

}  // namespace

std::size_t display_width(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character next = first_of(text);
        width += next.width;
        text.remove_prefix(next.bytes);
    }
    return width;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) return std::string(text);
    std::size_t used = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const Character next = first_of(text.substr(bytes));
        if (used + next.width > width - 1) break;
        used += next.width;
        bytes += next.bytes;
    }
    while (bytes > 0 && text[bytes - 1] == ' ') --bytes;  // "Rescue…", not "Rescue …"
    return std::string(text.substr(0, bytes)) + "…";
}

}  // namespace rescuestream::cli
