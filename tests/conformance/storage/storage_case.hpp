#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/storage/backend.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream::testing {

/// A deadline that is never reached.
constexpr auto kNoHurry = std::chrono::steady_clock::time_point::max();

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A test case on a storage that is migrated and empty, and what is needed to fill it.
///
/// Ids count upwards, so that the later of two records has the greater id.
class StorageCase {
public:
    StorageCase();

    Storage& storage() { return *storage_; }
    void reopen(Logger* logger = nullptr);

    /// Returns the time `offset` after a fixed time that is no round number of milliseconds.
    static Timestamp at(microseconds offset);

    template <class IdType>
    IdType new_id() {
        return IdType(next_uuid());
    }

    /// Returns complete records that are not stored yet, each with another id and digest.
    Broadcaster make_broadcaster(Timestamp created_at = at(seconds(0)));
    StreamKeyRow make_key(BroadcasterId owner, Timestamp created_at = at(seconds(0)));
    AuditEntry make_audit(std::string action = "create", Timestamp when = at(seconds(0)));
    Stream make_stream(const StreamKey& key, const std::string& connection,
                       Timestamp started_at = at(seconds(0)));

    /// Store a record. The test fails at once if that does not work.
    Broadcaster add_broadcaster(Timestamp created_at = at(seconds(0)));
    Broadcaster add_broadcaster(const std::string& name);
    StreamKeyRow add_key(BroadcasterId owner, Timestamp created_at = at(seconds(0)));
    StreamKeyRow add_key();
    void add(const StreamKeyRow& row);

    /// Returns a request that a fresh key grants: on its playback path, by a device of its own,
    /// with OnDuplicate::kReject unless the key says something else.
    static ClaimRequest make_request(const StreamKeyRow& row, const std::string& connection,
                                     Timestamp now = at(seconds(10)));
    void claim(const StreamKeyRow& row, const std::string& connection,
               Timestamp now = at(seconds(10)));
    ClaimDecision decide(const ClaimRequest& request);

    Session session(const StreamKeyRow& row);
    /// The session of the one key that has the path.
    Session session_at(const std::string& path);
    /// Commits on the present version.
    void commit(SessionChange change);
    void commit_claim(const StreamKeyRow& row, std::optional<Claim> claim);
    void commit_stream(const StreamKeyRow& row, const Stream& stream);
    /// Makes the key claimed and live, with a stream of the same connection.
    Stream go_live(const StreamKeyRow& row, const std::string& connection,
                   Timestamp now = at(seconds(10)));

    std::vector<Cutoff> pending(const std::string& node = "default");
    std::uint64_t audit_count();

private:
    Uuid next_uuid();

    std::unique_ptr<Storage> storage_;
    std::uint32_t counter_ = 0;
};

/// The code of an error; empty for a success.
template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

template <class T>
auto ids_of(const std::vector<T>& records) {
    std::vector<decltype(T{}.id)> ids;
    for (const auto& record : records) ids.push_back(record.id);
    return ids;
}

/// Follows the cursors of a list in pages of `limit`; fails when a page is larger than `limit`, or
/// empty though the one before announced it.
/// The streams of a list without what is shown beside them.
inline std::vector<Stream> streams_of(const Result<Page<ListedStream>>& list) {
    return {list.value().items.begin(), list.value().items.end()};
}

template <class T, class List>
std::vector<T> collect_pages(std::size_t limit, List list) {
    std::vector<T> all;
    PageRequest request{limit, std::nullopt};
    while (true) {
        Page<T> page = list(request).value();
        REQUIRE(page.items.size() <= limit);
        if (request.after) REQUIRE_FALSE(page.items.empty());
        for (auto& item : page.items) all.push_back(std::move(item));
        if (!page.next) return all;
        REQUIRE(page.items.size() == limit);
        // The cursor, as a client sends it back.
        request.after = Cursor::decode(page.next->encode());
        REQUIRE(request.after.has_value());
    }
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
struct StringMaker<rescuestream::ClaimDecision> {
    static String convert(rescuestream::ClaimDecision decision) {
        return std::string(rescuestream::to_string(decision)).c_str();
    }
};
template <>
struct StringMaker<rescuestream::Timestamp> {
    static String convert(rescuestream::Timestamp time) {
        return rescuestream::format_rfc3339(time).c_str();
    }
};

}  // namespace doctest
