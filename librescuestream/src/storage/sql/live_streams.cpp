#include "storage/sql/live_streams.hpp"

#include <algorithm>
#include <utility>

#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"

namespace rescuestream::sql {
namespace {

// The condition of the index of open streams must be in the text.
constexpr const char* kAreLive = "s.state <> 'ended' AND s.state = 'live'";
// So many streams are read by one statement; a last one with fewer repeats an id.
constexpr std::size_t kAtOnce = 32;
// If more have changed, all of them are read with one statement.
constexpr std::size_t kMostChanged = 10 * kAtOnce;

}  // namespace

std::vector<ListedStream> LiveStreams::list(Connection& connection, const Dialect& dialect,
                                            UnreadableRows& unreadable) {
    const std::lock_guard lock(mutex_);
    const auto rows =
        connection.run("SELECT s.id, " + dialect.stream_version + " FROM streams s WHERE " +
                           kAreLive + " ORDER BY s.started_at DESC, s.id DESC",
                       {});
    Streams same;
    same.reserve(rows->size());
    std::vector<StreamId> order;
    std::vector<StreamId> changed;
    order.reserve(rows->size());
    for (std::size_t i = 0; i < rows->size(); ++i) {
        RowReader row(*rows, i);
        const auto id = row.id<StreamId>();
        order.push_back(id);
        const auto known = known_.find(id);
        if (known != known_.end() && known->second.version == row.text()) {
            same.insert(known_.extract(known));
        } else {
            changed.push_back(id);
        }
    }
    known_ = std::move(same);
    read(connection, dialect, changed, unreadable);

    std::vector<ListedStream> streams;
    streams.reserve(order.size());
    for (const StreamId id : order) {
        const auto known = known_.find(id);
        // It may have ended since its version was read.
        if (known == known_.end() || known->second.stream.state != StreamState::kLive) continue;
        streams.push_back(known->second.stream);
    }
    return streams;
}

void LiveStreams::read(Connection& connection, const Dialect& dialect,
                       const std::vector<StreamId>& changed, UnreadableRows& unreadable) {
    const std::string select = "SELECT " + kListedStreamColumns + ", " + dialect.stream_version +
                               kFromListedStreams + " WHERE ";
    const auto keep = [&](const Rows& rows) {
        const auto read_known = [](RowReader row) {
            Known known;
            known.stream = read_listed_stream(row);
            row.skip(kListedStreamColumnCount);
            known.version = row.text();
            return known;
        };
        for (auto& known : read_readable(rows, kStreamRows, unreadable, read_known)) {
            known_.insert_or_assign(known.stream.id, std::move(known));
        }
    };
    if (changed.size() > kMostChanged) {
        keep(*connection.run(select + kAreLive, {}));
        return;
    }
    for (std::size_t begin = 0; begin < changed.size(); begin += kAtOnce) {
        Values ids;
        for (std::size_t i = begin; i < begin + kAtOnce; ++i) {
            ids.emplace_back(changed[std::min(i, changed.size() - 1)].uuid());
        }
        keep(*connection.run(select + "s.id IN (" + placeholders(1, kAtOnce) + ")", ids));
    }
}

}  // namespace rescuestream::sql
