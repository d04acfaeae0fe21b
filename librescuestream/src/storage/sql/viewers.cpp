#include "storage/sql/viewers.hpp"

#include <algorithm>

#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/sql/query.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/step_parts.hpp"
#include "storage/sql/unreadable_rows.hpp"
#include "storage/sql/viewer_statements.hpp"
#include "tokens/token.hpp"

namespace rescuestream::sql {
namespace {

// Rows of one statement. There are only two such statements, so that each is prepared once.
constexpr std::size_t kViewersTogether = 16;

// Each token on a line of its own: the id of its key, a blank, and its claims, whose JSON has no
// line ends.
std::string written_grants(const Viewer& viewer) {
    std::string text;
    for (const auto& grant : viewer.grants) {
        text += (text.empty() ? "" : "\n") + grant.key_id + " " + tokens::write_claims(grant);
    }
    return text;
}

std::vector<PlaybackGrant> read_grants(const std::string& text) {
    std::vector<PlaybackGrant> grants;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::size_t blank = std::min(text.find(' ', at), end);
        auto grant = tokens::read_claims(std::string_view(text).substr(
            std::min(blank + 1, end), end - std::min(blank + 1, end)));
        if (!grant) throw Failure{Failure::Kind::kDefect, "the tokens of a viewer"};
        grant->key_id = text.substr(at, blank - at);
        grants.push_back(*std::move(grant));
        at = end + 1;
    }
    return grants;
}

Viewer read_viewer(RowReader row) {
    Viewer viewer;
    viewer.id = ConnectionId{row.text()};
    viewer.node = row.text();
    viewer.path = row.text();
    viewer.protocol = row.name<Protocol>();
    viewer.remote_address = row.text();
    viewer.user_agent = row.text();
    viewer.grants = row.parsed(read_grants);
    viewer.is_helper = row.boolean();
    viewer.since = row.time();
    viewer.until = row.optional_time();
    viewer.removed_at = row.optional_time();
    return viewer;
}

constexpr RowSource kViewerRows{"viewers", &kViewerColumns};

// The first token is the one by which a viewer is found.
void add_viewer_values(const Viewer& viewer, std::int64_t version, Values& values) {
    const PlaybackGrant* const first = viewer.grants.empty() ? nullptr : &viewer.grants.front();
    values.insert(values.end(),
                  {viewer.id.value, viewer.node, viewer.path, name_of(viewer.protocol),
                   viewer.remote_address, viewer.user_agent, written_grants(viewer),
                   first != nullptr && first->viewer_id ? Value(*first->viewer_id) : Value(),
                   first != nullptr ? Value(first->id) : Value(), viewer.is_helper, viewer.since,
                   nullable(viewer.removed_at), version});
}

std::int64_t next_viewer_version(Connection& connection) {
    return connection.run(kNextViewerVersion, {})->integer(0, 0);
}

}  // namespace

Result<void> SqlViewers::add_viewers(const std::vector<Viewer>& viewers,
                                     const ViewerRetention& retention) {
    return write<void>([&](Connection& connection) -> Result<void> {
        static const std::string one = add_viewers_statement(1);
        static const std::string several = add_viewers_statement(kViewersTogether);
        const std::int64_t version = next_viewer_version(connection);
        for (std::size_t at = 0; at < viewers.size();) {
            const bool is_one = viewers.size() - at < kViewersTogether;
            const std::size_t count = is_one ? 1 : kViewersTogether;
            Values values;
            for (std::size_t i = 0; i < count; ++i) {
                add_viewer_values(viewers[at + i], version, values);
            }
            connection.run(is_one ? one : several, values);
            at += count;
        }
        connection.run(kDeleteOldViewers, {retention.oldest});
        connection.run(kDeleteOldViewersWithoutToken, {retention.oldest_without_token});
        return {};
    });
}

Result<void> SqlViewers::end_viewers(const std::vector<ConnectionId>& ids, Timestamp until) {
    return write<void>([&](Connection& connection) -> Result<void> {
        const std::int64_t version = next_viewer_version(connection);
        for (const auto& id : ids) connection.run(kEndViewer, {id.value, until, version});
        return {};
    });
}

Result<Viewer> SqlViewers::remove_viewer(const ConnectionId& id, Timestamp now,
                                         const AuditDraft& audit) {
    return told(write<Viewer>([&](Connection& connection) -> Result<Viewer> {
        const std::int64_t version = next_viewer_version(connection);
        const auto removed = connection.run(kRemoveViewer, {id.value, now, version});
        const auto viewer = read_first_leniently(*connection.run(kFindViewer, {id.value}),
                                                 kViewerRows, read_viewer);
        if (!viewer) return not_found(kNoViewer);
        if (removed->size() > 0) write_audit(connection, audit.without_names());
        return viewer->record;
    }));
}

Result<Page<Viewer>> SqlViewers::list_viewers(const ViewerFilter& filter, const PageRequest& page) {
    return read<Page<Viewer>>([&](Connection& connection) {
        Query query(kSelectViewers);
        if (filter.id) query.where("w.id = " + query.bind(filter.id->value));
        if (filter.broadcaster_id) {
            query.where(viewer_is_at_key_of(query.bind(filter.broadcaster_id->uuid())));
        }
        if (filter.path) query.where("w.path = " + query.bind(*filter.path));
        if (filter.node) query.where("w.node = " + query.bind(*filter.node));
        if (filter.viewer_id) query.where("w.viewer_id = " + query.bind(*filter.viewer_id));
        if (filter.token_id) query.where("w.token_id = " + query.bind(*filter.token_id));
        if (filter.present_only) query.where("w.ended_at IS NULL");
        const PageOfRows of{kViewerRows, "w.since", "w.id", unreadable()};
        return run_page<std::string>(connection, std::move(query), page, of, read_viewer);
    });
}

Result<ViewerChanges> SqlViewers::viewers_after(std::int64_t version) {
    return read<ViewerChanges>([&](Connection& connection) -> Result<ViewerChanges> {
        ViewerChanges changes;
        // First, so that what is committed meanwhile is returned again by the next call.
        changes.version = connection.run(kViewerVersion, {})->integer(0, 0);
        changes.from_start = version > changes.version;
        if (version == changes.version) return changes;
        const bool all = changes.from_start || version < 0;
        // One that cannot be read is unknown to other programs, and is removed if they enforce.
        changes.viewers = read_readable(
            *(all ? connection.run(kPresentViewers, {}) : connection.run(kViewersAfter, {version})),
            kViewerRows, unreadable(), read_viewer);
        return changes;
    });
}

}  // namespace rescuestream::sql
