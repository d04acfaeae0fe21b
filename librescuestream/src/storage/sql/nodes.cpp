#include "storage/sql/nodes.hpp"

#include "fields/node.hpp"
#include "rules/conditions.hpp"
#include "storage/errors.hpp"
#include "storage/messages.hpp"
#include "storage/node_address.hpp"
#include "storage/sql/field_columns.hpp"
#include "storage/sql/records.hpp"
#include "storage/sql/statements.hpp"
#include "storage/sql/step_parts.hpp"
#include "storage/sql/unreadable_rows.hpp"

namespace rescuestream::sql {
namespace {

Node read_node(RowReader row) {
    Node node;
    fields::for_each_field(node, ReadColumn{row});
    node.created_at = row.time();
    node.updated_at = row.time();
    return node;
}

constexpr RowSource kNodeRows{"nodes", &kNodeColumns};
constexpr RowSource kUnknownSourceRows{"unknown_sources", &kUnknownSourceColumns};

// Only its times can be unreadable, and they decide nothing.
std::optional<Node> find_node(const Rows& rows) {
    auto found = read_first_leniently(rows, kNodeRows, read_node);
    if (!found) return std::nullopt;
    return std::move(found->record);
}

// Returns the node, locked until the end of the transaction; empty: there is none.
std::optional<Node> lock_node(Connection& connection, const Dialect& dialect,
                              const std::string& name) {
    return find_node(*connection.run(kFindNode + dialect.lock_row, {name}));
}

// A node must be watched, whatever its row says.
std::vector<Node> read_nodes(Connection& connection, UnreadableRows& unreadable) {
    return read_leniently(*connection.run(kListNodes, {}), kNodeRows, &unreadable, read_node);
}

// All columns except created_at.
Values values_of(const Node& node) {
    Values values;
    fields::for_each_field(node, AddValue{values});
    values.emplace_back(node.updated_at);
    return values;
}

NodeLease read_lease(RowReader row) {
    NodeLease lease;
    lease.holder = row.text();
    lease.beat = row.integer();
    return lease;
}

UnknownSource read_unknown_source(RowReader row) {
    UnknownSource source;
    source.path = row.text();
    source.protocol = row.name<Protocol>();
    source.remote_address = row.text();
    source.connection = ConnectionId{row.text()};
    source.seen_at = row.time();
    return source;
}

}  // namespace

Result<void> SqlNodes::create_node(const Node& node, const AuditDraft& audit) {
    return write<void>([&](Connection& connection) -> Result<void> {
        take_turn(connection, dialect(), Turn::kAddNode);
        const auto count = connection.run(kCountNodes, {})->integer(0, 0);
        if (auto room = check_room_for_node(static_cast<std::size_t>(count), audit); !room) {
            return room;
        }
        if (auto free = check_address(node, read_nodes(connection, unreadable())); !free)
            return free;
        Values values = values_of(node);
        values.emplace_back(node.created_at);
        if (connection.run(kInsertNode, values)->size() == 0) {
            return conflict("There is a node with this name already.");
        }
        write_audit(connection, audit.named(node));
        return {};
    });
}

Result<std::vector<Node>> SqlNodes::list_nodes() {
    using Nodes = std::vector<Node>;
    return read<Nodes>([&](Connection& connection) -> Result<Nodes> {
        return read_nodes(connection, unreadable());
    });
}

Result<Node> SqlNodes::update_node(const std::string& name, const NodePatch& patch, Timestamp now,
                                   const AuditDraft& audit) {
    return write<Node>([&](Connection& connection) -> Result<Node> {
        auto node = lock_node(connection, dialect(), name);
        if (!node) return not_found(kNoNode);
        if (auto same = rules::check_conditions(audit, *node); !same) return same.error();
        fields::apply(patch, *node);
        if (patch.api_url) {
            take_turn(connection, dialect(), Turn::kAddNode);
            if (auto free = check_address(*node, read_nodes(connection, unreadable())); !free) {
                return free.error();
            }
        }
        node->updated_at = now;
        connection.run(kUpdateNode, values_of(*node));
        write_audit(connection, audit.named(*node));
        return *std::move(node);
    });
}

Result<void> SqlNodes::delete_node(const std::string& name, const AuditDraft& audit) {
    return write<void>([&](Connection& connection) -> Result<void> {
        const auto node = lock_node(connection, dialect(), name);
        if (!node) return not_found(kNoNode);
        if (auto same = rules::check_conditions(audit, *node); !same) return same.error();
        if (connection.run(kOpenStreamOfNode, {name})->size() > 0) {
            return conflict("A stream of this node has not ended.");
        }
        connection.run(kDeleteCutoffsOfNode, {name});
        connection.run(kDeleteLease, {name});
        connection.run(kDeleteStandings, {name});
        connection.run(kDeleteUnknownSources, {name});
        connection.run(kDeleteNode, {name});
        write_audit(connection, audit.named(*node));
        return {};
    });
}

Result<NodeStanding> SqlNodes::find_node_standing(const std::string& node,
                                                  const std::string& api_url) {
    return read<NodeStanding>([&](Connection& connection) -> Result<NodeStanding> {
        const auto rows = connection.run(kFindStanding, {node, api_url});
        std::optional<Failure> failure;  // like a node that was never seen to ask
        RowReader row(*rows, 0, 0, &failure);
        NodeStanding standing;
        standing.asked_at = row.optional_time();
        standing.enforced_at = row.optional_time();
        standing.unknown = read_readable(*connection.run(kListUnknownSources, {node}),
                                         kUnknownSourceRows, unreadable(), read_unknown_source);
        return standing;
    });
}

Result<bool> SqlNodes::note_node_standing(const std::string& node, const std::string& api_url,
                                          const NodeStanding& standing,
                                          const std::optional<AuditDraft>& audit) {
    if (!standing.is_enforced()) return false;
    return write<bool>([&](Connection& connection) -> Result<bool> {
        if (audit && !audit->conditions().versions.empty()) {
            const auto registered = lock_node(connection, dialect(), node);
            if (registered) {
                if (auto same = rules::check_conditions(*audit, *registered); !same)
                    return same.error();
            }
        }
        const auto rows = connection.run(kNoteStanding, {node, api_url, nullable(standing.asked_at),
                                                         nullable(standing.enforced_at)});
        if (rows->size() == 0) return false;
        if (audit) {
            const auto registered = find_node(*connection.run(kFindNode, {node}));
            write_audit(connection, audit->with_label(registered ? registered->label : ""));
        }
        return true;
    });
}

Result<bool> SqlNodes::withdraw_node_standing(const std::string& node, const AuditDraft& audit) {
    return write<bool>([&](Connection& connection) -> Result<bool> {
        const auto rows = connection.run(kWithdrawStandings, {node});
        if (rows->size() == 0) return false;
        const auto registered = find_node(*connection.run(kFindNode, {node}));
        write_audit(connection, audit.with_label(registered ? registered->label : ""));
        return true;
    });
}

Result<void> SqlNodes::set_unknown_sources(const std::string& node,
                                           const std::vector<UnknownSource>& sources) {
    return write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kDeleteUnknownSources, {node});
        for (const auto& source : sources) {
            connection.run(kInsertUnknownSource,
                           {node, source.path, name_of(source.protocol), source.remote_address,
                            source.connection.value, source.seen_at});
        }
        return {};
    });
}

Result<NodeLease> SqlNodes::hold_lease(const std::string& node, const std::string& holder,
                                       const std::optional<NodeLease>& expired) {
    return write<NodeLease>([&](Connection& connection) -> Result<NodeLease> {
        const NodeLease other = expired.value_or(NodeLease{holder, 0});
        auto rows = connection.run(kHoldLease, {node, holder, other.holder, other.beat});
        if (rows->size() == 0) rows = connection.run(kFindLease, {node});
        // The lease was released between the two statements. Nobody has it now, and the next call
        // takes it.
        if (rows->size() == 0) return NodeLease{};
        return read_lease({*rows, 0});
    });
}

Result<void> SqlNodes::release_lease(const std::string& node, const std::string& holder) {
    return write<void>([&](Connection& connection) -> Result<void> {
        connection.run(kReleaseLease, {node, holder});
        return {};
    });
}

}  // namespace rescuestream::sql
