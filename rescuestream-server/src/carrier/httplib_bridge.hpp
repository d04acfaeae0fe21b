#pragma once

#include <functional>
#include <string>
#include <vector>

#include "http/service.hpp"
#include "rescuestream/address_range.hpp"

namespace httplib {
class ContentReader;
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace rescuestream::server {

/// Answers the requests of a stock httplib::Server, with one thread for each request in progress.
/// It adds what the library does not guarantee: every body has a size limit however it is framed,
/// ambiguous requests are refused, a connection ends with the response to its first request, and no
/// response is split into ranges or compressed.
///
/// Thread-safety: all methods may be called from any thread. Ownership: the references must outlive
/// it.
class HttplibBridge {
public:
    HttplibBridge(const Service& service, const std::vector<AddressRange>& trusted_proxies,
                  bool media_only = false)
        : service_(service), trusted_proxies_(trusted_proxies), media_only_(media_only) {}

    /// `reader` is null for a method for which the library reads no body.
    void answer(const httplib::Request& from, httplib::Response& to,
                const httplib::ContentReader* reader) const;
    /// Answers a request that the library has refused with the status in `to`, and closes the
    /// connection.
    void refuse(const httplib::Request& from, httplib::Response& to) const;

private:
    HttpRequest read(const httplib::Request& from) const;

    const Service& service_;
    const std::vector<AddressRange>& trusted_proxies_;
    const bool media_only_;
};

using HttplibHandler = std::function<void(const httplib::Request& from, httplib::Response& to,
                                          const httplib::ContentReader* reader)>;

/// Registers `handler` for every method of the paths that the regular expression matches.
void add_handlers(httplib::Server& server, const std::string& pattern,
                  const HttplibHandler& handler);

}  // namespace rescuestream::server
