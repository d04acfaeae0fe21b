#include "storage/postgres/refusal_state.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <chrono>
#include <memory>

namespace rescuestream::postgres {

// libpqxx 6 connects with PQconnectdb, which cannot be told to be verbose.
std::string refusal_with_state(const std::string& conninfo) {
    using std::chrono::milliseconds;
    using std::chrono::steady_clock;
    constexpr milliseconds kLongest{1'000};

    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectStart(conninfo.c_str()),
                                                                  PQfinish);
    if (!connection || PQstatus(connection.get()) == CONNECTION_BAD) return {};
    PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
    const auto deadline = steady_clock::now() + kLongest;
    auto wanted = PGRES_POLLING_WRITING;
    while (wanted == PGRES_POLLING_READING || wanted == PGRES_POLLING_WRITING) {
        const auto left =
            std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
        pollfd place{PQsocket(connection.get()),
                     static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
        if (left <= 0 || ::poll(&place, 1, static_cast<int>(left)) <= 0) return {};
        wanted = PQconnectPoll(connection.get());
    }
    return wanted == PGRES_POLLING_FAILED ? PQerrorMessage(connection.get()) : "";
}

}  // namespace rescuestream::postgres
