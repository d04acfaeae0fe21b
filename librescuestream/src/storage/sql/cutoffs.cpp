#include "storage/sql/cutoffs.hpp"

#include <algorithm>

#include "rules/cutoff.hpp"
#include "rules/path.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/row_sources.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"

namespace rescuestream::sql {

Result<std::vector<Cutoff>> SqlCutoffs::begin_stop(StreamId id, EndCause cause,
                                                   std::optional<Timestamp> block_until,
                                                   Timestamp now, const AuditDraft& audit) {
    using Cutoffs = std::vector<Cutoff>;
    auto begun = write<Cutoffs>([&](Connection& connection) -> Result<Cutoffs> {
        const auto rows = connection.run(kFindStream, {id.uuid()});
        if (rows->size() == 0) return not_found(kNoStream);
        const auto key_id =
            read_one_leniently(*rows, 0, kStreamRows, read_stream).record.stream_key_id;
        const auto session = lock_session(connection, dialect(), key_id);
        if (!session) return Cutoffs{};
        const auto write_entry = [&] {
            write_audit(connection, audit.of_stream(session->key,
                                                    name_of_broadcaster(
                                                        connection, session->key.broadcaster_id)));
        };
        // Checked under the lock, because the stream may have ended while this step waited.
        if (!session->stream || session->stream->id != id) {
            const auto ended = connection.run(kFindStream, {id.uuid()});
            if (ended->size() == 0) return Cutoffs{};
            const auto decided_at = read_first(*connection.run(kEndOfStream, {id.uuid()}),
                                               [](RowReader row) { return row.time(); });
            if (!rules::blocks_after_end(
                    read_one_leniently(*ended, 0, kStreamRows, read_stream).record, decided_at,
                    block_until, now)) {
                return Cutoffs{};
            }
            connection.run(kBlockKey, {key_id.uuid(), *block_until});
            write_entry();
            return Cutoffs{};
        }

        const auto stop = rules::stop_stream(*session, session->values, cause, now);
        Cutoffs cutoffs;
        if (stop.cutoff) {
            connection.run(kInsertCutoff, values_of(*stop.cutoff));
            cutoffs = read_cutoffs(
                *connection.run(kFindCutoff, {key_id.uuid(), stop.cutoff->connection.value}));
        }
        connection.run(stop.ends_claim ? kEndClaim : kRaiseVersionFrom,
                       {key_id.uuid(), session->version});
        if (block_until) connection.run(kBlockKey, {key_id.uuid(), *block_until});
        write_entry();
        return cutoffs;
    });
    return block_until ? told(std::move(begun)) : begun;
}

Result<std::vector<Cutoff>> SqlCutoffs::displace_others(StreamKeyId holder, Timestamp now) {
    using Cutoffs = std::vector<Cutoff>;
    return write<Cutoffs>([&](Connection& connection) -> Result<Cutoffs> {
        Cutoffs cutoffs;
        const auto sessions = lock_path(connection, dialect(), holder);
        if (!sessions) return cutoffs;  // the next poll tries again
        const auto source =
            std::find_if(sessions->begin(), sessions->end(),
                         [&](const LockedSession& each) { return each.key.id == holder; });
        if (source == sessions->end()) return cutoffs;
        for (const auto& session : *sessions) {
            if (!rules::is_displaced(session, *source, now)) continue;
            write_cutoffs_of_key(connection, session,
                                 EndCause{EndReason::kTakenOver, ObservedBy::kReconciler}, now);
            const Values this_one{session.key.id.uuid()};
            connection.run(kEndClaimOfKey, this_one);
            for (auto& cutoff : read_cutoffs(*connection.run(kCutoffsOfKey, this_one))) {
                cutoffs.push_back(std::move(cutoff));
            }
        }
        return cutoffs;
    });
}

Result<std::vector<Cutoff>> SqlCutoffs::pending_cutoffs(const std::string& node) {
    using Cutoffs = std::vector<Cutoff>;
    return read<Cutoffs>([&](Connection& connection) -> Result<Cutoffs> {
        return read_leniently(*connection.run(kPendingCutoffs, {node}), kCutoffRows, &unreadable(),
                              read_cutoff);
    });
}

Result<std::optional<Stream>> SqlCutoffs::finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                        std::optional<StreamTotals> totals) {
    using Ended = std::optional<Stream>;
    return write<Ended>([&](Connection& connection) -> Result<Ended> {
        const auto session = lock_session(connection, dialect(), cutoff.stream_key_id);
        if (!session) return Ended{};
        const Values name{cutoff.stream_key_id.uuid(), cutoff.connection.value};
        const auto rows = connection.run(kFindCutoff, name);
        if (rows->size() == 0) return Ended{};
        connection.run(kDeleteCutoff, name);
        const auto end = rules::finish_cutoff(
            *session, read_one_leniently(*rows, 0, kCutoffRows, read_cutoff).record, now, totals);
        if (!end) return Ended{};
        if (auto written = write_stream(connection, end->stream); !written) return written.error();
        connection.run(kAppendTransition, values_of(end->stream.id, end->line));
        connection.run(kRaiseVersion, {cutoff.stream_key_id.uuid()});
        return Ended(end->stream);
    });
}

}  // namespace rescuestream::sql
