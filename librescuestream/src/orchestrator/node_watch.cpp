#include "orchestrator/node_watch.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "orchestrator/poll_rhythm.hpp"

namespace rescuestream {
namespace {

using std::chrono::milliseconds;

// While another program is expected to cut something off.
constexpr milliseconds kLookInterval{20};

}  // namespace

NodeWatch::NodeWatch(Node node, std::unique_ptr<MediaServer> media_server,
                     Dependencies dependencies)
    : node_(std::move(node)),
      draining_(node_.draining),
      name_(node_.name),
      media_server_(std::move(media_server)),
      d_(dependencies),
      relays_(*media_server_, d_.logger, d_.settings),
      lease_(d_.storage, d_.clock, d_.logger, name_, d_.server_name),
      cutoffs_({d_.storage, *media_server_, d_.sessions, d_.events, figures_, d_.clock, d_.logger,
                d_.settings.cutoff_deadline}),
      reconciler_({name_, d_.storage, *media_server_, d_.sessions, cutoffs_, figures_,
                   reservations_, relays_, lease_, d_.outage, d_.clock, d_.random, d_.logger,
                   d_.settings}) {}

NodeWatch::~NodeWatch() {
    stop();
}

void NodeWatch::start() {
    if (thread_.joinable()) return;
    thread_ = std::thread([this] { run(); });
}

void NodeWatch::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    cutoffs_.stop();
    if (thread_.joinable()) thread_.join();
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
        is_ours ? "this server looks after the node" : "another one looks after the node",
        {{"node", name_}, {"server", holder}});
}

void NodeWatch::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
    }
    changed_.notify_all();
}

Node NodeWatch::node() const {
    const std::lock_guard lock(node_mutex_);
    return node_;
}

Result<std::optional<MediaSource>> NodeWatch::source_at(const std::string& path) {
    auto found = media_server_->find_path(path);
    if (!found && found.error().code == ErrorCode::kNotFound) return std::optional<MediaSource>{};
    if (!found) {
        // Anybody who can send a hook can bring this about; the poll tells what is wrong, once.
        d_.logger.debug("media server cannot say who publishes to a path",
                        {{"path", redact_key_values(path)}, {"error", found.error().message}});
        return std::move(found).error();
    }
    const bool has_publisher = found->ready && found->source && !found->source->id.empty();
    return has_publisher ? std::move(found->source) : std::optional<MediaSource>{};
}

void NodeWatch::set_node(Node node) {
    draining_ = node.draining;
    const std::lock_guard lock(node_mutex_);
    node_ = std::move(node);
}

void NodeWatch::run() {
    // For those who look at threads; Linux takes 15 characters.
    pthread_setname_np(pthread_self(), ("poll " + name_).substr(0, 15).c_str());
    PollRhythm rhythm(d_.settings.poll_interval, d_.random);
    while (true) {
        try {
            tick();
        } catch (const std::exception& error) {
            // One bad round must not end the watch over what is live.
            d_.logger.error("a round of the reconciler failed",
                            {{"node", name_}, {"error", error.what()}});
        }
        const auto now = std::chrono::steady_clock::now();
        const auto until = now + std::min(rhythm.next(reconciler_.status().reachable, now),
                                          reconciler_.soonest_stale());
        std::unique_lock lock(mutex_);
        while (!stopping_ && std::chrono::steady_clock::now() < until) {
            if (std::exchange(woken_, false)) {
                lock.unlock();
                work_off();
                lock.lock();
                continue;
            }
            changed_.wait_until(lock, until, [this] { return stopping_ || woken_; });
        }
        if (stopping_) return;
    }
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

void NodeWatch::wait_for_others(std::vector<Cutoff>& cutoffs) {
    // Real time: somebody else does the work.
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
        if (changed_.wait_for(lock, kLookInterval, [this] { return stopping_; })) return;
    }
}

}  // namespace rescuestream
