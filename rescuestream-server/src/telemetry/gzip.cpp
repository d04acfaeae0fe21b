#include "telemetry/gzip.hpp"

#include <zlib.h>

#include <stdexcept>

namespace rescuestream::server {

std::string gzip(std::string_view text) {
    constexpr int kGzipFormat = 16 + MAX_WBITS;
    constexpr int kUsualMemory = 8;
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipFormat, kUsualMemory,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib has no memory");
    }
    std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    // zlib does not change its input; its interface lacks the const.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);  // the buffer is large enough
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace rescuestream::server
