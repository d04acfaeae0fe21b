#include "http/answer.hpp"

namespace rescuestream::server {

ResponseBytes write_answer(Connection& connection, HttpResponse response, bool for_head) noexcept {
    try {
        RequestReader& reader = connection.reader;
        if (reader.head().framing.close || reader.has_unread_rest()) {
            connection.close_after_answer();
        }
        if (reader.head().framing.keep_alive && !connection.closes()) {
            response.headers.emplace_back("Connection", "keep-alive");
        }
        return write_response(response, for_head, connection.closes());
    } catch (...) {  // no memory
        connection.close_after_answer();
        return {
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
            "Connection: close\r\n\r\n",
            nullptr};
    }
}

}  // namespace rescuestream::server
