#pragma once

#include "rescuestream/storage/cutoffs.hpp"
#include "storage/memory/state.hpp"

namespace rescuestream::memory {

/// Keeps pending cut-offs.
class MemoryCutoffs : public virtual CutoffStorage {
public:
    explicit MemoryCutoffs(MemoryState& state) : state_(state) {}

    Result<std::vector<Cutoff>> begin_stop(StreamId id, EndCause cause,
                                           std::optional<Timestamp> block_until, Timestamp now,
                                           const AuditDraft& audit) override;
    Result<std::vector<Cutoff>> displace_others(StreamKeyId holder, Timestamp now) override;
    Result<std::vector<Cutoff>> pending_cutoffs(const std::string& node) override;
    Result<std::optional<Stream>> finish_cutoff(const Cutoff& cutoff, Timestamp now,
                                                std::optional<StreamTotals> totals) override;

protected:
    ~MemoryCutoffs() = default;  // Owned as a Storage.

private:
    MemoryState& state_;
};

}  // namespace rescuestream::memory
