#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include "rescuestream/nodes.hpp"
#include "rescuestream/records.hpp"
#include "rescuestream/request_conditions.hpp"

namespace rescuestream {

struct Incident;
/// The complete audit entry of a change, with the reservation that is marked when it is written.
struct ChangeEntry : AuditEntry {
    ChangeEntry(AuditEntry entry, std::optional<Uuid> marked = {})  // NOLINT(*-explicit-*)
        : AuditEntry(std::move(entry)), reservation(marked) {}

    std::optional<Uuid> reservation;
};

/// The audit entry of a change, still without the names of what is changed. A step of a storage
/// receives a draft, reads the record in the transaction of the change, and writes the entry that
/// one of these functions returns, so the names are those at the time of the change. A draft alone
/// cannot be written. Key values in names are masked.
///
/// The draft also carries the conditions on which the change is made, which the step checks.
///
/// Thread-safety: as a `std::string`.
class AuditDraft {
public:
    /// `entry` has none of the names that the functions below add. (Implicit, so that a storage can
    /// be called with an entry.)
    AuditDraft(AuditEntry entry, RequestConditions conditions = {})  // NOLINT(*-explicit-*)
        : entry_(std::move(entry)), conditions_(std::move(conditions)) {}

    const RequestConditions& conditions() const noexcept { return conditions_; }

    /// Adds `display_name`.
    ChangeEntry named(const Broadcaster& broadcaster) const;
    /// Adds `broadcaster_name`, `key_name` (the label, or else the playback path) and
    /// `playback_path`.
    ChangeEntry named(const StreamKey& key, std::string_view broadcaster_name) const;
    /// Adds `display_name`.
    ChangeEntry named(const Incident& incident) const;
    /// Adds `label` and `api_url`.
    ChangeEntry named(const Node& node) const;
    /// Adds `label`: for an entry about a guest link, or about a node whose address is known by
    /// other means.
    ChangeEntry with_label(std::string_view label) const;
    /// Adds `path`, the playback path of the key to which a stream belongs, `broadcaster_name` and
    /// `key_name`.
    ChangeEntry of_stream(const StreamKey& key, std::string_view broadcaster_name) const;

    /// Adds nothing.
    ChangeEntry complete() const { return {entry_, conditions_.reservation}; }
    /// For a step that uses the id or adds the names with SQL.
    const AuditEntry& without_names() const noexcept { return entry_; }

private:
    using Names = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    ChangeEntry with(Names names) const;

    AuditEntry entry_;
    RequestConditions conditions_;
};

}  // namespace rescuestream
