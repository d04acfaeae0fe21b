#pragma once

#include "rescuestream/storage/cutoffs.hpp"
#include "storage/sql/access.hpp"

namespace rescuestream::sql {

/// Keeps pending cut-offs.
class SqlCutoffs : public virtual CutoffStorage, private Access {
public:
    explicit SqlCutoffs(Database& database) : Access(database) {}

    Result<std::vector<Cutoff>> begin_stop(StreamId id, EndCause cause,
                                           std::optional<Timestamp> block_until, Timestamp now,
                                           const AuditDraft& audit) override;
    Result<std::vector<Cutoff>> displace_others(StreamKeyId holder, Timestamp now) override;
    Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) override;
    Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                std::optional<StreamTotals> totals) override;

protected:
    ~SqlCutoffs() = default;  // Owned as a Storage.
};

}  // namespace rescuestream::sql
