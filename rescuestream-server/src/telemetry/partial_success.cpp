#include "telemetry/partial_success.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "json/document.hpp"
#include "rescuestream/redaction.hpp"
#include "support/text.hpp"

namespace rescuestream::server {
namespace {

constexpr std::size_t kMostMessage = 256;

/// The fields of a message of Protocol Buffers, one after the other.
class ProtobufReader {
public:
    explicit ProtobufReader(std::string_view bytes) : left_(bytes) {}

    /// Goes to the next field. Returns false at the end, and in front of what is malformed.
    bool next() {
        const auto tag = varint();
        if (!tag) return false;
        number_ = *tag >> 3U;
        number_value_ = 0;
        bytes_ = {};
        switch (*tag & 7U) {
            case 0: {
                const auto value = varint();
                number_value_ = value.value_or(0);
                return value.has_value();
            }
            case 1:
                return skip(8);
            case 2: {
                const auto length = varint();
                return length && skip(*length);
            }
            case 5:
                return skip(4);
            default:
                return false;
        }
    }
    std::uint64_t number() const noexcept { return number_; }
    std::uint64_t number_value() const noexcept { return number_value_; }
    std::string_view bytes() const noexcept { return bytes_; }

private:
    std::optional<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !left_.empty(); shift += 7) {
            const auto byte = static_cast<unsigned char>(left_.front());
            left_.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) return value;
        }
        return std::nullopt;
    }
    bool skip(std::uint64_t length) {
        if (length > left_.size()) return false;
        bytes_ = left_.substr(0, length);
        left_.remove_prefix(length);
        return true;
    }

    std::string_view left_;
    std::uint64_t number_ = 0;
    std::uint64_t number_value_ = 0;
    std::string_view bytes_;
};

// ExportTraceServiceResponse and ExportMetricsServiceResponse have the same numbers.
PartialSuccess from_protobuf(std::string_view answer) {
    PartialSuccess result;
    for (ProtobufReader response(answer); response.next();) {
        if (response.number() != 1) continue;
        for (ProtobufReader partial(response.bytes()); partial.next();) {
            if (partial.number() == 1) result.rejected = partial.number_value();
            if (partial.number() == 2) result.message = partial.bytes();
        }
    }
    return result;
}

// 64-bit numbers are texts in the JSON of Protocol Buffers; receivers accept numbers, too.
std::uint64_t count_of(const rapidjson::Value& value) {
    if (value.IsUint64()) return value.GetUint64();
    if (!value.IsString()) return 0;
    std::uint64_t count = 0;
    const std::string_view text(value.GetString(), value.GetStringLength());
    std::from_chars(text.data(), text.data() + text.size(), count);
    return count;
}

PartialSuccess from_json(std::string_view answer) {
    const auto parsed = json::parse(answer);
    if (!parsed || !parsed->IsObject() || !parsed->HasMember("partialSuccess")) return {};
    const rapidjson::Value& partial = (*parsed)["partialSuccess"];
    if (!partial.IsObject()) return {};
    PartialSuccess result;
    for (const char* name : {"rejectedSpans", "rejectedDataPoints"}) {
        if (partial.HasMember(name)) result.rejected = count_of(partial[name]);
    }
    if (partial.HasMember("errorMessage") && partial["errorMessage"].IsString()) {
        result.message = partial["errorMessage"].GetString();
    }
    return result;
}

}  // namespace

PartialSuccess read_partial_success(std::string_view content_type, std::string_view answer) {
    const std::string_view type = content_type.substr(0, content_type.find(';'));
    PartialSuccess result;
    if (type == "application/x-protobuf") result = from_protobuf(answer);
    if (type == "application/json") result = from_json(answer);
    constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);  // the type in OTLP has a sign
    if (result.rejected > kMost) result.rejected = 0;
    const std::string message = redact_key_values(escape_unprintable(result.message));
    result.message = shortened(message, kMostMessage);
    return result;
}

}  // namespace rescuestream::server
