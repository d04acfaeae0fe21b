#include "qr.hpp"

#include <qrencode.h>

#include <memory>

#include "invalid.hpp"

namespace rescuestream::cli {
namespace {

constexpr int kMargin = 4;  // light modules around the code, which scanners need (ISO/IEC 18004)

struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

bool is_dark(const QRcode& code, int x, int y) {
    if (x < 0 || y < 0 || x >= code.width || y >= code.width) return false;
    return (code.data[y * code.width + x] & 1U) != 0;
}

const char* block_of(bool upper, bool lower) {
    if (upper) return lower ? "█" : "▀";
    return lower ? "▄" : " ";
}

}  // namespace

Result<std::string> qr_code(std::string_view text, bool coloured) {
    const std::unique_ptr<QRcode, Free> code(
        QRcode_encodeString8bit(std::string(text).c_str(), 0, QR_ECLEVEL_L));
    if (!code) return invalid("The address is too long for a QR code.");
    std::string out;
    for (int y = -kMargin; y < code->width + kMargin; y += 2) {
        if (coloured) out += "\x1b[38;5;16;48;5;231m";
        for (int x = -kMargin; x < code->width + kMargin; ++x) {
            // Without colours the terminal's foreground is the light part.
            out += block_of(is_dark(*code, x, y) == coloured, is_dark(*code, x, y + 1) == coloured);
        }
        out += coloured ? "\x1b[0m\n" : "\n";
    }
    return out;
}

}  // namespace rescuestream::cli
