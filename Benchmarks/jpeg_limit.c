// The floor for any program that makes three JPEG variations with libjpeg-turbo: one full decode of the photo and three
// encodes of pixels that are ready, without any resampling.
//
//     jpeg_limit PHOTO COUNT
//
// Prints one line of JSON with the CPU seconds a photo.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <turbojpeg.h>

static const int sizes[3][2] = {{1080, 1080}, {1080, 1920}, {1920, 1080}};

static void fail(const char *what) {
    fprintf(stderr, "jpeg_limit: %s\n", what);
    exit(1);
}

static unsigned char *read_file(const char *path, unsigned long *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail("the photo cannot be opened");
    fseek(file, 0, SEEK_END);
    *length = (unsigned long)ftell(file);
    rewind(file);
    unsigned char *bytes = malloc(*length);
    if (!bytes || fread(bytes, 1, *length, file) != *length) fail("the photo cannot be read");
    fclose(file);
    return bytes;
}

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

// The centre of the photo in the shape of one variation, averaged down to its size: what an encoder is really given.
static unsigned char *shrunk(const unsigned char *photo, int width, int height, int across, int down) {
    double scale = (double)width / across < (double)height / down ? (double)width / across : (double)height / down;
    int left = (int)((width - across * scale) / 2), top = (int)((height - down * scale) / 2);
    unsigned char *out = malloc((size_t)across * (size_t)down * 3);
    if (!out) fail("out of memory");
    for (int y = 0; y < down; y++)
        for (int x = 0; x < across; x++)
            for (int channel = 0; channel < 3; channel++) {
                int x0 = left + (int)(x * scale), x1 = left + (int)((x + 1) * scale), sum = 0, n = 0;
                int y0 = top + (int)(y * scale), y1 = top + (int)((y + 1) * scale);
                for (int v = y0; v < y1; v++)
                    for (int u = x0; u < x1; u++, n++) sum += photo[((size_t)v * (size_t)width + (size_t)u) * 3 + channel];
                out[((size_t)y * (size_t)across + (size_t)x) * 3 + channel] = (unsigned char)(sum / n);
            }
    return out;
}

int main(int count, char **arguments) {
    if (count != 3 || atoi(arguments[2]) < 1) fail("usage: jpeg_limit PHOTO COUNT");
    int rounds = atoi(arguments[2]);
    unsigned long length = 0;
    unsigned char *photo = read_file(arguments[1], &length);
    tjhandle decoder = tjInitDecompress(), encoder = tjInitCompress();
    int width = 0, height = 0, sampling = 0, space = 0;
    if (tjDecompressHeader3(decoder, photo, length, &width, &height, &sampling, &space)) fail("this is no JPEG");
    if (width < 1920 || height < 1920) fail("the photo is smaller than its variations");
    unsigned char *pixels = malloc((size_t)width * (size_t)height * 3);
    unsigned long capacity = tjBufSize(1920, 1080, TJSAMP_444);
    unsigned char *out = tjAlloc((int)capacity);
    if (!pixels || !out) fail("out of memory");

    if (tjDecompress2(decoder, photo, length, pixels, width, 0, height, TJPF_RGB, TJFLAG_ACCURATEDCT))
        fail("the photo cannot be decoded");
    unsigned char *ready[3];
    for (int i = 0; i < 3; i++) ready[i] = shrunk(pixels, width, height, sizes[i][0], sizes[i][1]);

    double start = 0;
    for (int round = -1; round < rounds; round++) {  // the first only warms up
        if (round == 0) start = cpu_seconds();
        if (tjDecompress2(decoder, photo, length, pixels, width, 0, height, TJPF_RGB, TJFLAG_ACCURATEDCT))
            fail("the photo cannot be decoded");
        for (int i = 0; i < 3; i++) {
            unsigned long size = capacity;
            int flags = TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT;
            if (tjCompress2(encoder, ready[i], sizes[i][0], 0, sizes[i][1], TJPF_RGB, &out, &size, TJSAMP_444, 95, flags))
                fail("a variation cannot be encoded");
        }
    }
    printf("{\"cpu_seconds_per_photo\": %.6f}\n", (cpu_seconds() - start) / rounds);
    tjFree(out);
    for (int i = 0; i < 3; i++) free(ready[i]);
    free(pixels);
    free(photo);
    tjDestroy(decoder);
    tjDestroy(encoder);
    return 0;
}
