#include "orchestrator/node_watch.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "orchestrator/counted_media_server.hpp"
#include "orchestrator/counted_storage.hpp"
#include "orchestrator/media_server_instances.hpp"
#include "rescuestream/logger.hpp"
#include "rescuestream/storage.hpp"

namespace rescuestream {
namespace {

using std::chrono::milliseconds;

// Interval of the checks whether another program has carried out a cut-off.
constexpr milliseconds kWaitInterval{20};
// A turn that takes longer has waited for the media server.
constexpr milliseconds kSlowTurn{1'000};

}  // namespace

NodeWatch::NodeWatch(Node node, std::unique_ptr<MediaServer> media_server,
                     const NodeDependencies& dependencies, TurnPool& pool)
    : node_(std::move(node)),
      draining_(node_.draining),
      name_(node_.name),
      media_server_(std::make_unique<CountedMediaServer>(std::move(media_server), meter_)),
      d_(dependencies),
      pool_(pool),
      relays_(*media_server_, d_.logger, d_.settings),
      lease_(d_.storage, d_.clock, d_.logger, name_, d_.server_name),
      standing_({name_, d_.storage, *media_server_, d_.clock, d_.random, d_.logger, d_.settings},
                node_.api_url),
      cutoffs_({d_.storage, *media_server_, d_.sessions, d_.events, figures_, d_.cutoff_meter,
                d_.clock, d_.logger, d_.settings.cutoff_deadline, d_.tracer, &d_.noted}),
      reconciler_({d_, name_, *media_server_, cutoffs_, figures_, reservations_, relays_, lease_,
                   standing_, meter_}),
      rhythm_(d_.settings.poll_interval, d_.random) {}

NodeWatch::~NodeWatch() {
    begin_stop();
    lease_.give_up();
}

void NodeWatch::start() {
    pool_.add(shared_from_this());
}

void NodeWatch::begin_stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    cutoffs_.stop();
}

void NodeWatch::stop() {
    begin_stop();
    pool_.remove(*this);
    d_.instances.forget(name_);
    lease_.give_up();
}

void NodeWatch::tick() {
    reconciler_.run_once();
    const std::string holder = lease_.holder();
    {
        const std::lock_guard lock(mutex_);
        if (holder == holder_) return;
        holder_ = holder;
    }
    const bool is_ours = holder == d_.server_name;
    d_.logger.info(
        is_ours ? "this server supervises the node" : "another server supervises the node",
        {{"node", name_}, {"server", holder}});
}

void NodeWatch::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    pool_.wake(*this, std::chrono::steady_clock::now());
}

void NodeWatch::poll_soon() {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (next_poll_ <= now) return;
        next_poll_ = now;
    }
    pool_.wake(*this, now);
}

HookGate::Turn NodeWatch::admit_hook(const std::string& path) {
    auto turn = hooks_.admit(path, d_.clock);
    if (turn) return turn;
    const auto early = std::chrono::steady_clock::now() + HookGate::kPause;
    {
        const std::lock_guard lock(mutex_);
        if (next_poll_ <= early) return turn;
        next_poll_ = early;
    }
    pool_.wake(*this, early);
    return turn;
}

Node NodeWatch::node() const {
    const std::lock_guard lock(node_mutex_);
    return node_;
}

Result<std::optional<MediaSource>> NodeWatch::source_at(const std::string& path) {
    auto found = media_server_->find_path(path);
    if (!found && found.error().code == ErrorCode::kNotFound) return std::optional<MediaSource>{};
    if (!found) {
        // Anybody who can send a hook can cause this, so it is not a warning; the poll logs the
        // failure once.
        d_.logger.debug("media server cannot say who publishes to a path",
                        {{"path", redact_key_values(path)}, {"error", found.error().message}});
        return std::move(found).error();
    }
    const bool has_publisher = found->ready && found->source && !found->source->id.empty();
    return has_publisher ? std::move(found->source) : std::optional<MediaSource>{};
}

NodeState NodeWatch::state() const {
    const NodeState state = reconciler_.status().state;
    const bool is_not_asking = state == NodeState::kUp && standing_.has_unasked_publishers();
    return is_not_asking ? NodeState::kNotAsking : state;
}

void NodeWatch::set_node(Node node) {
    draining_ = node.draining;
    const std::lock_guard lock(node_mutex_);
    node_ = std::move(node);
}

Recurring::Next NodeWatch::take_turn() {
    const auto begun = std::chrono::steady_clock::now();
    bool woken = false;
    bool poll_is_due = false;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return {SteadyTime::max(), false};
        woken = std::exchange(woken_, false);
        poll_is_due = next_poll_ <= begun;
    }
    try {
        if (poll_is_due) {
            tick();
        } else if (woken) {
            work_off();
        }
    } catch (const std::exception& error) {
        // One failed round must not end the supervision.
        d_.logger.error("a round of the reconciler failed",
                        {{"node", name_}, {"error", error.what()}});
    }
    const auto ended = std::chrono::steady_clock::now();
    const bool reachable = reconciler_.status().reachable;
    const std::lock_guard lock(mutex_);
    if (poll_is_due) {
        next_poll_ = ended + rhythm_.next(reachable, ended, reconciler_.soonest_stale());
    }
    return {next_poll_, !reachable || ended - begun > kSlowTurn};
}

void NodeWatch::work_off() {
    if (!lease_.is_held()) return;
    const auto pending = d_.storage.pending_cutoffs(name_);
    if (pending) cutoffs_.carry_out(*pending);
}

NodeCutoff NodeWatch::carry_out(std::vector<Cutoff> cutoffs) {
    NodeCutoff report;
    report.node = name_;
    const auto asked = static_cast<int>(cutoffs.size());
    if (!lease_.hold()) wait_for_others(cutoffs);
    report.kicked = asked - static_cast<int>(cutoffs.size());
    const CutoffReport own = cutoffs_.carry_out(cutoffs);
    report.kicked += own.kicked;
    report.pending = own.pending;
    report.reachable = own.pending == 0 || cutoffs_.reaches_media_server();
    return report;
}

NodeCutoff NodeWatch::remove_refused(const std::vector<StreamKeyId>& keys) {
    std::vector<Cutoff> idle;
    for (const auto& each : reservations_.all()) {
        if (std::find(keys.begin(), keys.end(), each.stream_key_id) == keys.end()) continue;
        Cutoff cutoff;
        cutoff.stream_key_id = each.stream_key_id;
        cutoff.connection = each.connection;
        cutoff.protocol = each.protocol;
        idle.push_back(std::move(cutoff));
    }
    const Timestamp now = d_.clock.now();
    const CutoffReport done = cutoffs_.remove(
        [&](const MediaPath& path) {
            const auto key =
                path.source ? reconciler_.key_of_source(path.source->id) : std::nullopt;
            return d_.unwritten.refuses(path, key, now);
        },
        idle);
    return {name_, done.kicked, done.pending, cutoffs_.reaches_media_server()};
}

void NodeWatch::wait_for_others(std::vector<Cutoff>& cutoffs) {
    // Real time, because another program does the work.
    const auto until = std::chrono::steady_clock::now() + d_.settings.cutoff_deadline / 2;
    while (!cutoffs.empty()) {
        const auto pending = d_.storage.pending_cutoffs(name_);
        if (!pending) return;
        std::erase_if(cutoffs, [&](const Cutoff& cutoff) {
            return std::none_of(pending->begin(), pending->end(), [&](const Cutoff& other) {
                return other.stream_key_id == cutoff.stream_key_id &&
                       other.connection == cutoff.connection;
            });
        });
        if (cutoffs.empty() || std::chrono::steady_clock::now() >= until) return;
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, kWaitInterval, [this] { return stopping_; })) return;
    }
}

}  // namespace rescuestream
