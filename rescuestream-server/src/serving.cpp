#include "serving.hpp"

#include <pthread.h>

namespace rescuestream::server {

Serving::Serving(Carrier& carrier, StopSignal& stop)
    : carrier_(carrier), thread_([this, &stop] {
          ended_as_asked_ = carrier_.run();
          stop.request();
      }) {
    pthread_setname_np(thread_.native_handle(), "http");
}

Serving::~Serving() {
    end();
}

bool Serving::end() {
    carrier_.stop();
    if (thread_.joinable()) thread_.join();
    return ended_as_asked_;
}

}  // namespace rescuestream::server
