// Makes the disk of one folder fail as the test tells it, while the program runs.
//
// Loaded with LD_PRELOAD. ESIK_FAULT_DIR: the folder; ESIK_FAULT_CONTROL: a file of SLOTS numbers of eight
// bytes (see faults.rs, which has the same table) that is shared with the test.
// The shared memory of the log (-shm) is not on any disk and never fails.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum slot { SEEN, FROM, TIMES, KINDS, HOW, HITS, PERCENT, SEED, SLOTS };
enum kind { OPEN = 1, WRITE = 2, SYNC = 4, CUT = 8, RENAME = 16, UNLINK = 32 };
// In HOW, beside the numbers of errno: half is written and said; half is written and EIO said;
// nothing is done and success said, which only a broken disk does; the program is killed instead.
enum how { SHORT = 1000, TORN = 1001, LIE = 1002, KILL = 1003 };

#define FDS 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FDS];
static volatile uint64_t *slots;
static const char *dir;
static size_t dir_len;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void begin(void) {
  if (dir) return;
  const char *control = getenv("ESIK_FAULT_CONTROL");
  const char *folder = getenv("ESIK_FAULT_DIR");
  if (!control || !folder) abort();
  int fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDWR | O_CLOEXEC);
  if (fd < 0) abort();
  void *at = mmap(NULL, SLOTS * 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (at == MAP_FAILED) abort();
  syscall(SYS_close, fd);
  slots = at;
  dir_len = strlen(folder);
  dir = folder;
}

static int watched(const char *path) {
  begin();
  if (strncmp(path, dir, dir_len) != 0) return 0;
  if (path[dir_len] != '/' && path[dir_len] != 0) return 0;
  size_t len = strlen(path);
  return !(len > 4 && strcmp(path + len - 4, "-shm") == 0);
}

static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// What is to happen to this act: 0 nothing, else HOW. With the lock held.
static uint64_t fate(enum kind kind) {
  if (!(slots[KINDS] & kind)) return 0;
  uint64_t n = ++slots[SEEN];
  uint64_t from = slots[FROM];
  if (from == 0 || n < from || n - from >= slots[TIMES]) return 0;
  uint64_t percent = slots[PERCENT];
  if (percent && mix(slots[SEED] + n * 0x9E3779B97F4A7C15ull) % 100 >= percent) return 0;
  slots[HITS]++;
  if (slots[HOW] == KILL) kill(getpid(), SIGKILL);
  return slots[HOW];
}

static uint64_t fate_of(enum kind kind, const char *path) {
  if (!path || !watched(path)) return 0;
  pthread_mutex_lock(&lock);
  uint64_t how = fate(kind);
  pthread_mutex_unlock(&lock);
  return how;
}

static const char *path_of(int fd) { return fd >= 0 && fd < FDS ? paths[fd] : NULL; }

// What was written since the last sync. When a sync fails, the kernel marks those pages clean and may drop
// them, so here they are dropped: whoever says “saved” after a failed sync and does not write again, lied.
struct undo {
  struct undo *next;
  char *path;
  off_t offset, size;
  size_t len;
  unsigned char old[];
};
static struct undo *undos;

static void forget(const char *path) {
  for (struct undo **at = &undos; *at;) {
    struct undo *one = *at;
    if (strcmp(one->path, path) != 0) { at = &one->next; continue; }
    *at = one->next;
    free(one->path);
    free(one);
  }
}

// With the lock held. A file that is open for writing only keeps what was written.
static void remember(int fd, const char *path, off_t offset, size_t len) {
  struct stat st;
  if (fstat(fd, &st) != 0) return;
  struct undo *one = malloc(sizeof *one + len);
  if (!one) abort();
  ssize_t got = syscall(SYS_pread64, fd, one->old, len, offset);
  if (got < 0) { free(one); return; }
  one->path = strdup(path);
  one->offset = offset;
  one->size = st.st_size;
  one->len = (size_t)got;
  one->next = undos;
  undos = one;
}

static void drop_unsynced(int fd, const char *path) {
  for (struct undo *one = undos; one; one = one->next) {
    if (strcmp(one->path, path) != 0) continue;
    if (syscall(SYS_pwrite64, fd, one->old, one->len, one->offset) != (ssize_t)one->len) abort();
    if (syscall(SYS_ftruncate, fd, one->size) != 0) abort();
  }
  forget(path);
}

static int opened(int fd, const char *path) {
  if (fd < 0) return fd;
  if (fd >= FDS) abort();
  int kept = errno;
  int ours = watched(path);
  pthread_mutex_lock(&lock);
  free(paths[fd]);
  paths[fd] = ours ? strdup(path) : NULL;
  pthread_mutex_unlock(&lock);
  errno = kept;
  return fd;
}

static int refuse(uint64_t how) {
  errno = how >= SHORT ? EIO : (int)how;
  return -1;
}

// Files that do not change are read through; a lie about opening makes no sense.
#define CHANGES(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))

#define OPEN_AS(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    uint64_t how = CHANGES(flags) ? fate_of(OPEN, path) : 0; \
    if (how && how != LIE) return refuse(how); \
    return opened(real(path, flags, mode), path); \
  }
OPEN_AS(open)
OPEN_AS(open64)

#define OPENAT_AS(name) \
  int name(int at, const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    if (path[0] != '/') return real(at, path, flags, mode); \
    uint64_t how = CHANGES(flags) ? fate_of(OPEN, path) : 0; \
    if (how && how != LIE) return refuse(how); \
    return opened(real(at, path, flags, mode), path); \
  }
OPENAT_AS(openat)
OPENAT_AS(openat64)

int close(int fd) {
  REAL(close);
  pthread_mutex_lock(&lock);
  if (fd >= 0 && fd < FDS) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  pthread_mutex_unlock(&lock);
  return real(fd);
}

// The whole of a write is one act: its fate, what was there before, and the bytes.
#define WRITING(fd, at, len, whole, half) \
  const char *path = path_of(fd); \
  if (!path) return whole; \
  off_t offset = at; \
  pthread_mutex_lock(&lock); \
  uint64_t how = fate(WRITE); \
  if (how == LIE) { pthread_mutex_unlock(&lock); return (ssize_t)len; } \
  int broken = how == SHORT || how == TORN; \
  if (how && !broken) { pthread_mutex_unlock(&lock); return refuse(how); } \
  remember(fd, path, offset, len); \
  ssize_t done = broken ? half : whole; \
  pthread_mutex_unlock(&lock); \
  return how == TORN ? refuse(how) : done

ssize_t write(int fd, const void *data, size_t len) {
  REAL(write);
  WRITING(fd, lseek(fd, 0, SEEK_CUR), len, real(fd, data, len), real(fd, data, (len + 1) / 2));
}
ssize_t pwrite(int fd, const void *data, size_t len, off_t to) {
  REAL(pwrite);
  WRITING(fd, to, len, real(fd, data, len, to), real(fd, data, (len + 1) / 2, to));
}
ssize_t pwrite64(int fd, const void *data, size_t len, off64_t to) {
  REAL(pwrite64);
  WRITING(fd, to, len, real(fd, data, len, to), real(fd, data, (len + 1) / 2, to));
}

#define CUTTING(name, type) \
  int name(int fd, type len) { \
    REAL(name); \
    const char *path = path_of(fd); \
    uint64_t how = fate_of(CUT, path); \
    if (how == LIE) return 0; \
    if (how) return refuse(how); \
    if (path) { \
      pthread_mutex_lock(&lock); \
      forget(path); \
      pthread_mutex_unlock(&lock); \
    } \
    return real(fd, len); \
  }
CUTTING(ftruncate, off_t)
CUTTING(ftruncate64, off64_t)

#define SYNCING(name) \
  int name(int fd) { \
    REAL(name); \
    const char *path = path_of(fd); \
    if (!path) return real(fd); \
    pthread_mutex_lock(&lock); \
    uint64_t how = fate(SYNC); \
    int done = 0; \
    if (how == LIE) { \
      drop_unsynced(fd, path); \
    } else if (how) { \
      drop_unsynced(fd, path); \
      done = refuse(how); \
    } else { \
      done = real(fd); \
      if (done == 0) forget(path); \
    } \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
SYNCING(fsync)
SYNCING(fdatasync)

int unlink(const char *path) {
  REAL(unlink);
  uint64_t how = fate_of(UNLINK, path);
  if (how == LIE) return 0;
  if (how) return refuse(how);
  if (watched(path)) {
    pthread_mutex_lock(&lock);
    forget(path);
    pthread_mutex_unlock(&lock);
  }
  return real(path);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  uint64_t how = fate_of(RENAME, from);
  if (how == LIE) return 0;
  if (how) return refuse(how);
  if (watched(from)) {
    pthread_mutex_lock(&lock);
    forget(from);
    forget(to);
    pthread_mutex_unlock(&lock);
  }
  return real(from, to);
}
