// Writes down what a program does to the files of one folder and of those below it, with the data,
// before it is done.
//
// Loaded with LD_PRELOAD. ESIK_RECORD_DIR: the folder; ESIK_RECORD_LOG: the record, outside of it.
// A record is: kind (1 byte), path length (4), offset (8), data length (4), path, data; little endian.
// The path of a folder ends with a slash.
//   C created   W written at offset   T cut to offset   U unlinked   R renamed (data: new path)
//   S synced; offset: how many records there were when the sync began, so that what another thread
//     wrote meanwhile does not count as safe
// The shared memory of the log (-shm) is rebuilt after a crash and is not recorded.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FDS];
static uint64_t records;
static int log_fd = -1;
static const char *dir;
static size_t dir_len;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int watched(const char *path) {
  if (!dir) {
    dir = getenv("ESIK_RECORD_DIR");
    const char *log = getenv("ESIK_RECORD_LOG");
    if (!dir || !log) abort();
    dir_len = strlen(dir);
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) abort();
  }
  if (strncmp(path, dir, dir_len) != 0) return 0;
  if (path[dir_len] != '/' && path[dir_len] != 0) return 0;
  size_t len = strlen(path);
  return !(len > 4 && strcmp(path + len - 4, "-shm") == 0);
}

// With the lock held.
static void record(char kind, const char *path, uint64_t offset, const void *data, uint32_t len) {
  unsigned char head[17];
  uint32_t path_len = (uint32_t)strlen(path);
  head[0] = (unsigned char)kind;
  memcpy(head + 1, &path_len, 4);
  memcpy(head + 5, &offset, 8);
  memcpy(head + 13, &len, 4);
  struct iovec parts[3] = {{head, 17}, {(void *)path, path_len}, {(void *)data, len}};
  ssize_t whole = 17 + (ssize_t)path_len + (ssize_t)len;
  if (syscall(SYS_writev, log_fd, parts, 3) != whole) abort();
  records++;
}

static const char *path_of(int fd) { return fd >= 0 && fd < FDS ? paths[fd] : NULL; }

static char *folder(const char *path) {
  char *named;
  if (asprintf(&named, "%s/", path) < 0) abort();
  return named;
}

// The whole path of a name in an open folder; the name itself when the folder is not watched.
static const char *whole(int at, const char *name, char *room) {
  const char *above = name[0] == '/' ? NULL : path_of(at);
  if (!above) return name;
  if (snprintf(room, PATH_MAX, "%s%s", above, name) >= PATH_MAX) abort();
  return room;
}

static int opened(int fd, const char *path, int flags, int was_there) {
  if (fd < 0) return fd;
  if (fd >= FDS) abort();
  int kept = errno;
  pthread_mutex_lock(&lock);
  free(paths[fd]);
  paths[fd] = NULL;
  if (watched(path)) {
    struct stat about;
    if (fstat(fd, &about) != 0) abort();
    paths[fd] = S_ISDIR(about.st_mode) ? folder(path) : strdup(path);
    if (!was_there) record('C', path, 0, NULL, 0);
    else if (flags & O_TRUNC) record('T', path, 0, NULL, 0);
  }
  pthread_mutex_unlock(&lock);
  errno = kept;
  return fd;
}

static int is_there(const char *path) {
  int kept = errno;
  int there = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
  errno = kept;
  return there;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    int there = is_there(path); \
    return opened(real(path, flags, mode), path, flags, there); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int at, const char *path, int flags, ...) { \
    REAL(name); \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = (flags & (O_CREAT | __O_TMPFILE)) ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    char room[PATH_MAX]; \
    const char *all = whole(at, path, room); \
    int there = is_there(all); \
    return opened(real(at, path, flags, mode), all, flags, there); \
  }
OPENAT(openat)
OPENAT(openat64)

static void closed(int fd) {
  pthread_mutex_lock(&lock);
  if (fd >= 0 && fd < FDS) {
    free(paths[fd]);
    paths[fd] = NULL;
  }
  pthread_mutex_unlock(&lock);
}
int close(int fd) {
  REAL(close);
  closed(fd);
  return real(fd);
}
// Closes without `close`.
int closedir(DIR *of) {
  REAL(closedir);
  closed(dirfd(of));
  return real(of);
}

// The lock is held over the act too: the order of the record is the order of the acts.
#define ACT(kind, fd, offset, data, len, act) \
  const char *path = path_of(fd); \
  if (!path) return act; \
  pthread_mutex_lock(&lock); \
  record(kind, path, (uint64_t)(offset), data, (uint32_t)(len)); \
  __typeof__(act) done = act; \
  pthread_mutex_unlock(&lock); \
  return done

ssize_t write(int fd, const void *data, size_t len) {
  REAL(write);
  ACT('W', fd, lseek(fd, 0, SEEK_CUR), data, len, real(fd, data, len));
}
ssize_t pwrite(int fd, const void *data, size_t len, off_t offset) {
  REAL(pwrite);
  ACT('W', fd, offset, data, len, real(fd, data, len, offset));
}
ssize_t pwrite64(int fd, const void *data, size_t len, off64_t offset) {
  REAL(pwrite64);
  ACT('W', fd, offset, data, len, real(fd, data, len, offset));
}
int ftruncate(int fd, off_t len) {
  REAL(ftruncate);
  ACT('T', fd, len, NULL, 0, real(fd, len));
}
int ftruncate64(int fd, off64_t len) {
  REAL(ftruncate64);
  ACT('T', fd, len, NULL, 0, real(fd, len));
}

// What the record does not know must not pass unseen.
#define UNKNOWN(fd, act) \
  if (path_of(fd)) abort(); \
  return act
ssize_t writev(int fd, const struct iovec *parts, int n) {
  REAL(writev);
  UNKNOWN(fd, real(fd, parts, n));
}
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t offset) {
  REAL(pwritev);
  UNKNOWN(fd, real(fd, parts, n, offset));
}

#define SYNC(name) \
  int name(int fd) { \
    REAL(name); \
    const char *path = path_of(fd); \
    if (!path) return real(fd); \
    pthread_mutex_lock(&lock); \
    uint64_t before = records; \
    pthread_mutex_unlock(&lock); \
    int done = real(fd); \
    pthread_mutex_lock(&lock); \
    if (done == 0) record('S', path, before, NULL, 0); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
SYNC(fsync)
SYNC(fdatasync)

#define GONE(act) \
  pthread_mutex_lock(&lock); \
  if (watched(path) && is_there(path)) record('U', path, 0, NULL, 0); \
  int done = act; \
  pthread_mutex_unlock(&lock)
int unlink(const char *path) {
  REAL(unlink);
  GONE(real(path));
  return done;
}
int unlinkat(int at, const char *name, int flags) {
  REAL(unlinkat);
  char room[PATH_MAX];
  const char *all = whole(at, name, room);
  char *path = flags & AT_REMOVEDIR ? folder(all) : strdup(all);
  GONE(real(at, name, flags));
  free(path);
  return done;
}
int rmdir(const char *name) {
  REAL(rmdir);
  char *path = folder(name);
  GONE(real(name));
  free(path);
  return done;
}
int mkdir(const char *name, mode_t mode) {
  REAL(mkdir);
  char *path = folder(name);
  pthread_mutex_lock(&lock);
  if (watched(path) && !is_there(path)) record('C', path, 0, NULL, 0);
  int done = real(name, mode);
  pthread_mutex_unlock(&lock);
  free(path);
  return done;
}
int rename(const char *from, const char *to) {
  REAL(rename);
  pthread_mutex_lock(&lock);
  if (watched(from)) record('R', from, 0, to, (uint32_t)strlen(to));
  int done = real(from, to);
  pthread_mutex_unlock(&lock);
  return done;
}
