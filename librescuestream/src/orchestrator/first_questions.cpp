#include "orchestrator/first_questions.hpp"

namespace rescuestream {

std::optional<RefusedQuestion> FirstQuestions::keep(RefusedQuestion question, SteadyTime now) {
    forget(*question.connection);
    std::optional<RefusedQuestion> displaced;
    if (by_time_.size() >= kPlaces) displaced = remove(by_time_.begin());
    const auto place = by_time_.emplace(now, std::move(question));
    by_connection_.emplace(*place->second.connection, place);
    return displaced;
}

bool FirstQuestions::forget(const ConnectionId& connection) {
    const auto found = by_connection_.find(connection);
    if (found == by_connection_.end()) return false;
    remove(found->second);
    return true;
}

std::vector<RefusedQuestion> FirstQuestions::take_overdue(SteadyTime now) {
    std::vector<RefusedQuestion> overdue;
    while (!by_time_.empty() && now - by_time_.begin()->first >= kPatience) {
        overdue.push_back(remove(by_time_.begin()));
    }
    return overdue;
}

RefusedQuestion FirstQuestions::remove(ByTime::iterator place) {
    RefusedQuestion question = std::move(place->second);
    by_connection_.erase(*question.connection);
    by_time_.erase(place);
    return question;
}

}  // namespace rescuestream
