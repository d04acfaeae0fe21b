#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "rescuestream/stream_orchestrator.hpp"

namespace rescuestream::cli {

/// The real server on a port of its own. The tests do not include its headers, since file names
/// are the same in both programs.
class TestServer {
public:
    /// `orchestrator` must outlive it.
    TestServer(StreamOrchestrator& orchestrator, const std::string& api_secret);
    ~TestServer();

    std::string origin() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::uint16_t port_ = 0;
};

}  // namespace rescuestream::cli
