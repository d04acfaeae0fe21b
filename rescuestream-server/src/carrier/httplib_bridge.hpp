#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/service.hpp"
#include "support/address_range.hpp"

namespace httplib {
class ContentReader;
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace rescuestream::server {

/// Answers the requests of a stock httplib::Server, one thread for each that is under way. It makes
/// good what the library leaves open: bodies have their limit however they are framed, what two
/// programs could read in two ways is refused, a connection ends when something of its request was
/// left unread, and no answer is cut into ranges or compressed.
///
/// Thread-safety: all methods from any thread. Ownership: the references must outlive it.
class HttplibBridge {
public:
    HttplibBridge(const Service& service, const std::vector<AddressRange>& trusted_proxies,
                  bool media_only = false)
        : service_(service), trusted_proxies_(trusted_proxies), media_only_(media_only) {}

    /// `reader`: null for a method that has no body in the library.
    void answer(const httplib::Request& from, httplib::Response& to,
                const httplib::ContentReader* reader) const;
    /// Answers what the library has refused with the status that `to` has, and ends the connection.
    void refuse(const httplib::Request& from, httplib::Response& to) const;

private:
    HttpRequest read(const httplib::Request& from) const;

    const Service& service_;
    const std::vector<AddressRange>& trusted_proxies_;
    const bool media_only_;
};

using HttplibHandler = std::function<void(const httplib::Request& from, httplib::Response& to,
                                          const httplib::ContentReader* reader)>;

/// Has `handler` called for every method of the paths that the regular expression matches.
void add_handlers(httplib::Server& server, const std::string& pattern,
                  const HttplibHandler& handler);

}  // namespace rescuestream::server
