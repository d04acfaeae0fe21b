#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "conformance/media_server/stage.hpp"
#include "support/wait.hpp"

namespace rescuestream::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A test case on a stage without connections.
class StageCase {
public:
    StageCase() { stage().reset(); }

    static MediaServer& server() { return stage().server(); }

    static std::vector<MediaPath> paths() { return server().list_paths().value(); }
    static std::vector<MediaConnection> connections(ConnectionKind kind) {
        return server().list_connections(kind).value();
    }
    static std::optional<MediaPath> path(const std::string& name) {
        const auto all = paths();
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const auto& each) { return each.name == name; });
        return found == all.end() ? std::nullopt : std::optional(*found);
    }
    static std::optional<MediaConnection> connection(ConnectionKind kind, const ConnectionId& id) {
        const auto all = connections(kind);
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.id == id; });
        return found == all.end() ? std::nullopt : std::optional(*found);
    }
};

inline constexpr ConnectionKind kAllKinds[] = {ConnectionKind::kRtmp, ConnectionKind::kRtmps,
                                               ConnectionKind::kRtsp, ConnectionKind::kRtsps,
                                               ConnectionKind::kSrt,  ConnectionKind::kWebRtc};

/// The code of an error; empty for a success.
template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace rescuestream::testing

namespace doctest {

/// Makes failures readable.
template <>
struct StringMaker<std::optional<rescuestream::ErrorCode>> {
    static String convert(const std::optional<rescuestream::ErrorCode>& code) {
        return code ? rescuestream::to_string(*code) : "success";
    }
};
template <>
struct StringMaker<rescuestream::ConnectionId> {
    static String convert(const rescuestream::ConnectionId& id) { return id.value.c_str(); }
};

}  // namespace doctest
