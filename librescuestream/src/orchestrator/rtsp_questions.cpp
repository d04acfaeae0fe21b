#include "orchestrator/rtsp_questions.hpp"

#include <utility>

namespace rescuestream {
namespace {

// Questions of one client have the same place.
std::string place_of(const Viewer& viewer) {
    std::string place = viewer.node + "\n" + viewer.remote_address + "\n" + viewer.path;
    for (const auto& grant : viewer.grants) place += "\n" + grant.id;
    return place;
}

// Two questions are one client.
std::int32_t clients_of(std::size_t open) {
    return static_cast<std::int32_t>((open + 1) / 2);
}

}  // namespace

std::int32_t RtspQuestions::add(const Viewer& viewer, bool is_stored) {
    std::string name = place_of(viewer);
    Place& place = places_[name];
    place.asked.push_back(viewer.id);
    questions_.emplace(viewer.id, Question{viewer, true, is_stored, std::move(name)});
    ++place.open;
    return clients_of(place.open) - clients_of(place.open - 1);
}

RtspQuestions::Question* RtspQuestions::find(const ConnectionId& id) {
    const auto found = questions_.find(id);
    return found == questions_.end() ? nullptr : &found->second;
}

std::int32_t RtspQuestions::remove(const ConnectionId& id) {
    const auto found = questions_.find(id);
    if (found == questions_.end()) return 0;
    const std::int32_t fewer = close(found->second);
    questions_.erase(found);
    return fewer;
}

std::int32_t RtspQuestions::clients_of_one_more(const Viewer& viewer) const {
    const auto place = places_.find(place_of(viewer));
    const std::size_t open = place == places_.end() ? 0 : place->second.open;
    return clients_of(open + 1) - clients_of(open);
}

bool RtspQuestions::has_open(const Viewer& viewer) const {
    return places_.contains(place_of(viewer));
}

std::optional<RtspQuestions::Closed> RtspQuestions::close_one(const Viewer& session) {
    const auto place = places_.find(place_of(session));
    if (place == places_.end()) return std::nullopt;
    auto& asked = place->second.asked;
    while (!asked.empty()) {
        const ConnectionId id = std::move(asked.front());
        asked.pop_front();
        Question* const question = find(id);
        if (question != nullptr && question->is_open) return Closed{id, close(*question)};
    }
    return std::nullopt;
}

std::int32_t RtspQuestions::close(Question& question) {
    if (!std::exchange(question.is_open, false)) return 0;
    const auto place = places_.find(question.place);
    const std::size_t open = place->second.open--;
    if (open == 1) places_.erase(place);
    return clients_of(open) - clients_of(open - 1);
}

}  // namespace rescuestream
