#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rescuestream::cli::doctor {

enum class Verdict {
    kOk,
    kSkipped,  ///< It could not be examined; the message says why. Not a fault by itself.
    kWarning,  ///< It works, and somebody should act.
    kError,    ///< Something does not work, or is open to everybody.
};

/// One thing that was examined.
struct Diagnosis {
    Verdict verdict = Verdict::kOk;
    std::string check;    ///< The name of the check.
    std::string subject;  ///< "node north"; empty: the installation.
    std::string message;  ///< Full sentences without secrets.
    std::string mend;     ///< The command, setting or line that ends it; empty with kOk.
};

/// Collects what the checks find.
///
/// Thread-safety: none.
class Report {
public:
    /// What is added from now on belongs to the check `name`.
    void begin(std::string_view name) { check_ = name; }

    void ok(std::string subject, std::string message) {
        add(Verdict::kOk, std::move(subject), std::move(message), {});
    }
    void skipped(std::string subject, std::string message) {
        add(Verdict::kSkipped, std::move(subject), std::move(message), {});
    }
    void warning(std::string subject, std::string message, std::string mend) {
        add(Verdict::kWarning, std::move(subject), std::move(message), std::move(mend));
    }
    void error(std::string subject, std::string message, std::string mend) {
        add(Verdict::kError, std::move(subject), std::move(message), std::move(mend));
    }

    const std::vector<Diagnosis>& all() const noexcept { return all_; }
    /// How many there are after `from` that are worse than kSkipped.
    std::size_t faults_since(std::size_t from) const {
        std::size_t count = 0;
        for (std::size_t i = from; i < all_.size(); ++i) {
            if (all_[i].verdict > Verdict::kSkipped) ++count;
        }
        return count;
    }

private:
    void add(Verdict verdict, std::string subject, std::string message, std::string mend) {
        all_.push_back({verdict, check_, std::move(subject), std::move(message), std::move(mend)});
    }

    std::string check_;
    std::vector<Diagnosis> all_;
};

}  // namespace rescuestream::cli::doctor
