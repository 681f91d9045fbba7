// Another wall clock for one program; the monotonic clock, by which it waits, stays.
//
// Loaded with LD_PRELOAD. ESIK_WALL_CONTROL: a file of two numbers of eight bytes shared with the test: what is
// added, in seconds; and, unless it is 0, the second since 1970 at which the clock stands still.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *wall;

static void begin(void) {
  if (wall) return;
  const char *control = getenv("ESIK_WALL_CONTROL");
  if (!control) abort();
  int fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
  if (fd < 0) abort();
  void *at = mmap(NULL, 16, PROT_READ, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) abort();
  syscall(SYS_close, fd);
  wall = at;
}

int clock_gettime(clockid_t id, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(id, now);
  if (done != 0 || (id != CLOCK_REALTIME && id != CLOCK_REALTIME_COARSE)) return done;
  begin();
  if (wall[1]) {
    now->tv_sec = wall[1];
    now->tv_nsec = 0;
  } else {
    now->tv_sec += wall[0];
  }
  return 0;
}

int gettimeofday(struct timeval *now, void *zone) {
  (void)zone;
  struct timespec at;
  int done = clock_gettime(CLOCK_REALTIME, &at);
  now->tv_sec = at.tv_sec;
  now->tv_usec = at.tv_nsec / 1000;
  return done;
}

time_t time(time_t *out) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (out) *out = at.tv_sec;
  return at.tv_sec;
}
