#include "request_observer.hpp"

#include "problem.hpp"
#include "rescuestream/redaction.hpp"

namespace rescuestream::server {

std::string RequestRecord::path() const {
    return request == nullptr ? std::string() : redact_key_values(shown_path(*request));
}

}  // namespace rescuestream::server
