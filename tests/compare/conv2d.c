/* A convolution in C, and a program that takes its calls from files or from the header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Input NCHW, weight OIHW; `bias` may be null. The order of `sizes` is that of call.txt. */
enum { BATCH, CHANNELS, OUTPUTS, GROUPS, BIAS, SIZE, KERNEL = SIZE + 2, STRIDE = KERNEL + 2,
       BEFORE = STRIDE + 2, AFTER = BEFORE + 2, DILATION = AFTER + 2, EXTRA = DILATION + 2,
       OUT = EXTRA + 2, SIZES = OUT + 2 };

void conv2d(const float *x, const float *w, const float *b, float *out, const int *sizes) {
    int C = sizes[CHANNELS], O = sizes[OUTPUTS], each = C / sizes[GROUPS];
    int H = sizes[SIZE], W = sizes[SIZE + 1], KH = sizes[KERNEL], KW = sizes[KERNEL + 1];
    for (int n = 0; n < sizes[BATCH]; n++)
    for (int o = 0; o < O; o++)
    for (int p = 0; p < sizes[OUT]; p++)
    for (int q = 0; q < sizes[OUT + 1]; q++) {
        float sum = b ? b[o] : 0;
        for (int c = 0; c < each; c++)
        for (int i = 0; i < KH; i++)
        for (int j = 0; j < KW; j++) {
            int y = p * sizes[STRIDE] - sizes[BEFORE] + i * sizes[DILATION];
            int z = q * sizes[STRIDE + 1] - sizes[BEFORE + 1] + j * sizes[DILATION + 1];
#ifdef INTERLEAVED
            int channel = c * sizes[GROUPS] + o / (O / sizes[GROUPS]);
#else
            int channel = o / (O / sizes[GROUPS]) * each + c;
#endif
            if (y >= 0 && y < H && z >= 0 && z < W)
                sum += x[((n * C + channel) * H + y) * W + z] * w[((o * each + c) * KH + i) * KW + j];
        }
        *out++ = sum;
    }
}

#ifdef CONVREF_HEADER
#include "cases.h"

/* Every case of the header; results go to FOLDER/CASE/result.txt. */
int main(int count, char **arguments) {
    char path[4096];
    if (count != 2) return 2;
    for (int k = 0; k < CONVREF_CASES; k++) {
        const convref_case *it = &convref_cases[k];
        int sizes[SIZES] = {it->batch, it->channels, it->outputs, it->groups, it->with_bias};
        memcpy(sizes + SIZE, it->size, sizeof it->size);
        memcpy(sizes + KERNEL, it->kernel, sizeof it->kernel);
        memcpy(sizes + STRIDE, it->stride, sizeof it->stride);
        memcpy(sizes + BEFORE, it->before, sizeof it->before);
        memcpy(sizes + AFTER, it->after, sizeof it->after);
        memcpy(sizes + DILATION, it->dilation, sizeof it->dilation);
        memcpy(sizes + EXTRA, it->output_padding, sizeof it->output_padding);
        memcpy(sizes + OUT, it->out, sizeof it->out);
        float *out = malloc(it->results * sizeof *out);
        conv2d(it->input, it->weight, it->bias, out, sizes);
        snprintf(path, sizeof path, "%s/%s/result.txt", arguments[1], it->name);
        FILE *file = fopen(path, "w");
        if (!file) return 1;
        for (long r = 0; r < it->results; r++) fprintf(file, "%.9g\n", out[r]);
        fclose(file);
        free(out);
    }
    return 0;
}
#else
static float *floats(const char *folder, const char *name, long count) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.bin", folder, name);
    FILE *file = fopen(path, "rb");
    float *values = malloc(count * sizeof *values);
    if (!file || fread(values, sizeof *values, count, file) != (size_t)count) exit(1);
    fclose(file);
    return values;
}

/* One case, whose folder is named. */
int main(int count, char **arguments) {
    char path[4096], name[64];
    int sizes[SIZES], read = 0;
    if (count != 2) return 2;
    snprintf(path, sizeof path, "%s/call.txt", arguments[1]);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "op %63s", name) != 1) return 1;
    while (read < SIZES)
        if (fscanf(file, "%d", &sizes[read]) == 1) read++;
        else if (fscanf(file, "%63s", name) != 1) return 1;
    fclose(file);
    int *s = sizes, taps = s[KERNEL] * s[KERNEL + 1], results = s[BATCH] * s[OUTPUTS] * s[OUT] * s[OUT + 1];
    float *x = floats(arguments[1], "input", (long)s[BATCH] * s[CHANNELS] * s[SIZE] * s[SIZE + 1]);
    float *w = floats(arguments[1], "weight", (long)s[OUTPUTS] * s[CHANNELS] / s[GROUPS] * taps);
    float *b = s[BIAS] ? floats(arguments[1], "bias", s[OUTPUTS]) : NULL;
    float *out = malloc(results * sizeof *out);
    conv2d(x, w, b, out, s);
    snprintf(path, sizeof path, "%s/result.bin", arguments[1]);
    file = fopen(path, "wb");
    if (!file) return 1;
    fwrite(out, sizeof *out, results, file);
    fclose(file);
    return 0;
}
#endif
