#include "storage/memory/memory_storage.hpp"

#include "storage/memory/audit_chain.hpp"
#include "storage/memory/credentials.hpp"
#include "storage/memory/cutoffs.hpp"
#include "storage/memory/directory.hpp"
#include "storage/memory/guest_links.hpp"
#include "storage/memory/incidents.hpp"
#include "storage/memory/keys.hpp"
#include "storage/memory/nodes.hpp"
#include "storage/memory/playback.hpp"
#include "storage/memory/publishing.hpp"
#include "storage/memory/record.hpp"
#include "storage/memory/refusals.hpp"
#include "storage/memory/reservations.hpp"
#include "storage/memory/sessions.hpp"
#include "storage/memory/state.hpp"
#include "storage/memory/viewers.hpp"

namespace rescuestream {
namespace memory {
namespace {

// Keeps all records in maps behind one mutex. The state is the first base class, because the roles
// refer to it.
class MemoryStorage final : private MemoryState,
                            public Storage,
                            public MemoryDirectory,
                            public MemoryKeys,
                            public MemoryPublishing,
                            public MemorySessions,
                            public MemoryCutoffs,
                            public MemoryNodes,
                            public MemoryRecord,
                            public MemoryRefusals,
                            public MemoryPlayback,
                            public MemoryCredentials,
                            public MemoryViewers,
                            public MemoryIncidents,
                            public MemoryGuestLinks,
                            public MemoryReservations,
                            public MemoryAuditChain {
public:
    MemoryStorage()
        : MemoryDirectory(state()),
          MemoryKeys(state()),
          MemoryPublishing(state()),
          MemorySessions(state()),
          MemoryCutoffs(state()),
          MemoryNodes(state()),
          MemoryRecord(state()),
          MemoryRefusals(state()),
          MemoryPlayback(state()),
          MemoryCredentials(state()),
          MemoryViewers(state()),
          MemoryIncidents(state()),
          MemoryGuestLinks(state()),
          MemoryReservations(state()),
          MemoryAuditChain(state()) {}

    std::string_view backend() const noexcept override { return "memory"; }
    std::string description() const override { return "memory:"; }
    Result<void> ping() override { return {}; }
    // No other program can use it.
    void watch_changes(std::function<void()> /*listener*/) override {}

    // There is no schema, so it is always the right one.
    Result<SchemaStatus> schema_status() override { return SchemaStatus{}; }
    Result<SchemaStatus> migrate(std::optional<int> /*target*/, Timestamp /*now*/) override {
        return SchemaStatus{};
    }

private:
    MemoryState& state() noexcept { return *this; }
};

}  // namespace
}  // namespace memory

std::unique_ptr<Storage> make_memory_storage() {
    return std::make_unique<memory::MemoryStorage>();
}

}  // namespace rescuestream
