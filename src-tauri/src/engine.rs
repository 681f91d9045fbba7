//! What the window's engine is told before it starts. WebKitGTK reads such things from the environment
//! alone; on other systems there is nothing to tell.

/// Settings of WebKitGTK; what the user's own environment says of one wins.
///
/// The DMA-BUF renderer shows an empty window on some drivers. The rest keeps the page small: by default
/// its rubbish is swept when the heap has grown by 32 MiB and by what the machine's memory allows, and hot
/// code is compiled twice by a compiler that needs as much again. The toolkit would start OpenGL of its own only to
/// choose a visual; the engine has its own way to it. Measured in docs/measurements.md.
#[cfg(target_os = "linux")]
const TOLD: [(&str, &str); 8] = [
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("GDK_GL", "disable"),
    ("JSC_largeHeapSize", "2097152"),
    ("JSC_forceRAMSize", "67108864"),
    ("JSC_numberOfGCMarkers", "1"),
    ("JSC_useFTLJIT", "0"),
    // Read by the C library of the processes that are started from here: large pieces go back to the
    // system when they are free.
    ("MALLOC_MMAP_THRESHOLD_", "131072"),
    ("MALLOC_TRIM_THRESHOLD_", "131072"),
];

/// Tells it. Only while the program has one thread.
#[cfg(target_os = "linux")]
pub(crate) fn tell() {
    for (name, value) in TOLD {
        // Not over what is there. A program started in our place with these set would cost a tenth of
        // a second: some three hundred libraries are loaded before `main`.
        if let Err(error) = glib::setenv(name, value, false) {
            tracing::warn!(%error, name, "the window's engine could not be told");
        }
    }
}

/// Nothing to tell.
#[cfg(not(target_os = "linux"))]
pub(crate) fn tell() {}
