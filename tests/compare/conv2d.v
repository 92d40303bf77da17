// A convolution of bytes with sums of 32 bits; the call is in call.vh, the memories in hex files.
module conv2d;
    `include "call.vh"
    localparam EACH = CHANNELS / GROUPS;
    localparam RESULTS = BATCH * OUTPUTS * OUT_0 * OUT_1;
`ifdef NARROW
    reg signed [7:0] sum;
`else
    reg signed [31:0] sum;
`endif
    reg signed [7:0] x [0:BATCH * CHANNELS * SIZE_0 * SIZE_1 - 1];
    reg signed [7:0] w [0:OUTPUTS * EACH * KERNEL_0 * KERNEL_1 - 1];
    reg signed [31:0] b [0:OUTPUTS - 1];
    reg signed [31:0] out [0:RESULTS - 1];
    integer n, o, p, q, c, i, j, y, z, group, place;

    initial begin
        $readmemh("input.hex", x);
        $readmemh("weight.hex", w);
        if (WITH_BIAS) $readmemh("bias.hex", b);
        place = 0;
        for (n = 0; n < BATCH; n = n + 1)
        for (o = 0; o < OUTPUTS; o = o + 1)
        for (p = 0; p < OUT_0; p = p + 1)
        for (q = 0; q < OUT_1; q = q + 1) begin
            group = o / (OUTPUTS / GROUPS);
            sum = WITH_BIAS ? b[o] : 0;
            for (c = 0; c < EACH; c = c + 1)
            for (i = 0; i < KERNEL_0; i = i + 1)
            for (j = 0; j < KERNEL_1; j = j + 1) begin
                y = p * STRIDE_0 - BEFORE_0 + i * DILATION_0;
                z = q * STRIDE_1 - BEFORE_1 + j * DILATION_1;
                if (y >= 0 && y < SIZE_0 && z >= 0 && z < SIZE_1)
                    sum = sum + x[((n * CHANNELS + group * EACH + c) * SIZE_0 + y) * SIZE_1 + z]
`ifdef FLIPPED
                        * w[((o * EACH + c) * KERNEL_0 + KERNEL_0 - 1 - i) * KERNEL_1 + KERNEL_1 - 1 - j];
`else
                        * w[((o * EACH + c) * KERNEL_0 + i) * KERNEL_1 + j];
`endif
            end
`ifdef UNWRITTEN
            if (q < OUT_1 - 1)
`endif
            out[place] = sum;
            place = place + 1;
        end
        $writememh("result.hex", out);
    end
endmodule
