#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace rescuestream::server {

/// Appends fields in the wire format of Protocol Buffers, proto3. Fields with their default value
/// are written too, except where a comment says otherwise. Source:
/// https://protobuf.dev/programming-guides/encoding/.
class ProtobufWriter {
public:
    const std::string& bytes() const noexcept { return bytes_; }

    void varint_field(unsigned number, std::uint64_t value) {
        tag(number, kVarint);
        varint(value);
    }
    void fixed64_field(unsigned number, std::uint64_t value) {
        tag(number, kFixed64);
        little_endian(value);
    }
    void fixed32_field(unsigned number, std::uint32_t value) {
        tag(number, kFixed32);
        little_endian(value);
    }
    void double_field(unsigned number, double value) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        fixed64_field(number, bits);
    }
    void bytes_field(unsigned number, std::string_view value) {
        tag(number, kLengthDelimited);
        varint(value.size());
        bytes_.append(value);
    }
    /// An empty text is left out.
    void text_field(unsigned number, std::string_view value) {
        if (!value.empty()) bytes_field(number, value);
    }
    /// A submessage that `write(writer)` fills.
    template <class Write>
    void message_field(unsigned number, Write write) {
        tag(number, kLengthDelimited);
        const std::size_t begin = bytes_.size();
        // Most messages are shorter than 128 bytes, so their length needs one byte.
        bytes_.push_back('\0');
        write(*this);
        const std::size_t length = bytes_.size() - begin - 1;
        if (length < 0x80) {
            bytes_[begin] = static_cast<char>(length);
            return;
        }
        std::string prefix;
        append_varint(prefix, length);
        bytes_.replace(begin, 1, prefix);
    }

private:
    static constexpr unsigned kVarint = 0;
    static constexpr unsigned kFixed64 = 1;
    static constexpr unsigned kLengthDelimited = 2;
    static constexpr unsigned kFixed32 = 5;

    static void append_varint(std::string& to, std::uint64_t value) {
        while (value >= 0x80) {
            to.push_back(static_cast<char>((value & 0x7fU) | 0x80U));
            value >>= 7U;
        }
        to.push_back(static_cast<char>(value));
    }
    void varint(std::uint64_t value) { append_varint(bytes_, value); }
    void tag(unsigned number, unsigned type) { varint(number << 3U | type); }
    template <class Number>
    void little_endian(Number value) {
        for (std::size_t i = 0; i < sizeof value; ++i) {
            bytes_.push_back(static_cast<char>(value >> (8 * i) & 0xffU));
        }
    }

    std::string bytes_;
};

}  // namespace rescuestream::server
