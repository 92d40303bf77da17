/* A convolution in C, and a program that takes its calls from files or from the header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* NCHW and OIHW; `b` may be null. The numbers of `s` stand as in call.txt and in convref_case. */
enum { BATCH, CHANNELS, OUTPUTS, GROUPS, WITH_BIAS, SIZE, KERNEL = 7, STRIDE = 9, BEFORE = 11,
       AFTER = 13, DILATION = 15, EXTRA = 17, OUT = 19, SIZES = 21 };

void conv2d(const float *x, const float *w, const float *b, float *out, const int *s) {
    int C = s[CHANNELS], O = s[OUTPUTS], each = C / s[GROUPS], H = s[SIZE], W = s[SIZE + 1];
    for (int n = 0; n < s[BATCH]; n++)
    for (int o = 0; o < O; o++)
    for (int p = 0; p < s[OUT]; p++)
    for (int q = 0; q < s[OUT + 1]; q++) {
        int group = o / (O / s[GROUPS]);
        float sum = b ? b[o] : 0;
        for (int c = 0; c < each; c++)
        for (int i = 0; i < s[KERNEL]; i++)
        for (int j = 0; j < s[KERNEL + 1]; j++) {
#ifdef INTERLEAVED
            int channel = c * s[GROUPS] + group;
#else
            int channel = group * each + c;
#endif
            int y = p * s[STRIDE] - s[BEFORE] + i * s[DILATION];
            int z = q * s[STRIDE + 1] - s[BEFORE + 1] + j * s[DILATION + 1];
            float weight = w[((o * each + c) * s[KERNEL] + i) * s[KERNEL + 1] + j];
            if (y >= 0 && y < H && z >= 0 && z < W)
                sum += x[((n * C + channel) * H + y) * W + z] * weight;
        }
        *out++ = sum;
    }
}

#ifdef CONVREF_HEADER
#include <stddef.h>
#include "cases.h"

/* Every case of the header; results go to FOLDER/CASE/result.txt. */
int main(int count, char **arguments) {
    char path[4096];
    int sizes[SIZES];
    for (int k = 0; count == 2 && k < CONVREF_CASES; k++) {
        const convref_case *it = &convref_cases[k];
        memcpy(sizes, (const char *)it + offsetof(convref_case, batch), sizeof sizes);
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
    int *s = sizes, taps = s[KERNEL] * s[KERNEL + 1];
    int results = s[BATCH] * s[OUTPUTS] * s[OUT] * s[OUT + 1];
    float *x = floats(arguments[1], "input", (long)s[BATCH] * s[CHANNELS] * s[SIZE] * s[SIZE + 1]);
    float *w = floats(arguments[1], "weight", (long)s[OUTPUTS] * s[CHANNELS] / s[GROUPS] * taps);
    float *b = s[WITH_BIAS] ? floats(arguments[1], "bias", s[OUTPUTS]) : NULL;
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
