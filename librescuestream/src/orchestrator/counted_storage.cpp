#include "orchestrator/counted_storage.hpp"

#include <utility>

namespace rescuestream {

void CountedStorage::watch_changes(std::function<void()> listener) {
    if (!listener) {
        real_->watch_changes(nullptr);
        return;
    }
    real_->watch_changes([this, listener = std::move(listener)] {
        note_change();
        listener();
    });
}

}  // namespace rescuestream
