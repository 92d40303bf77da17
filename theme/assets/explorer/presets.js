// Examples to begin with: those of the sources, edge detectors, and one for each idea.

const FIRST = "input=1,2,0,3,1,0,1,2,3,1,1,2,1,0,0,5,2,3,1,1,2,1,0,1,1&weight=1,2,1,0,1,0,2,1,0";
const RAMP = "input=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24";
/** @type {(value: number, count: number) => string} */
const repeat = (value, count) => Array(count).fill(value).join();
// A bright square on a dark ground.
const SQUARE = Array.from({ length: 64 }, (_, i) => {
  const [y, x] = [i >> 3, i & 7];
  return 2 <= y && y < 6 && 2 <= x && x < 6 ? 9 : 1;
}).join();
/** @type {(weight: string) => string} */
const edges = (weight) =>
  `kind=2d&size=8,8&padding=1,1,1,1&mode=replicate&input=${SQUARE}&weight=${weight}`;

/** @type {[english: string, chinese: string, query: string][]} */
export const PRESETS = [
  ["3×3", "3×3", `kind=2d&${FIRST}`],
  ["stride 2", "步幅 2", `kind=2d&stride=2,2&${FIRST}`],
  ["padding 1", "填充 1", `kind=2d&padding=1,1,1,1&${FIRST}`],
  [
    "decimals",
    "小数",
    "kind=2d&padding=1,1,1,1&input=1,2,0,0,1,0,1,2,1,0,1,1,1,0,1,0,2,2,1,0,1,1,0,1,1&weight=-0.2615,-0.0957,-0.1822,-0.1986,-0.2467,0.1722,0.1216,0.1003,-0.1553",
  ],
  [
    "three channels",
    "三个通道",
    `kind=2d&channels=3&size=3,3&input=${repeat(1, 9)},0,1,0,0,1,0,0,1,0,1,0,1,1,0,1,1,0,1&weight=${repeat(1, 27)}`,
  ],
  [
    "three kernels, bias",
    "三个卷积核和偏置",
    `kind=2d&outputs=3&input=${repeat(1, 25)}&weight=-0.0789,-0.1932,-0.099,0.1571,-0.1784,-0.2334,0.0311,-0.2595,0.2222,-0.0703,-0.3159,-0.3295,0.0723,0.3019,0.2649,-0.2217,0.068,-0.0699,-0.0736,-0.1608,0.1905,0.2738,0.2758,-0.2776,-0.0246,-0.1781,-0.0279&bias=0.3255,-0.0044,0.0733`,
  ],
  [
    "several of each, bias",
    "多通道、多卷积核和偏置",
    `kind=2d&channels=3&outputs=4&input=${repeat(1, 75)}&weight=-0.0803,0.1473,-0.0762,0.0284,-0.005,-0.0246,0.1438,0.0955,-0.05,0.0716,0.0062,-0.1472,0.1793,0.0543,-0.1764,-0.1548,0.1379,0.1143,-0.1741,-0.179,-0.0053,-0.0612,-0.1856,-0.0858,-0.0553,0.1621,-0.1822,-0.0773,-0.1385,0.1356,0.1794,-0.0534,-0.111,-0.0137,-0.1744,-0.0188,-0.0396,0.0149,0.1537,0.0846,-0.1123,-0.0556,-0.1047,-0.1783,-0.063,0.185,0.0325,0.0332,-0.0487,0.0018,0.1668,0.0569,0.0267,0.0124,0.188,-0.0152,-0.1088,-0.0105,0.1805,-0.0343,-0.1676,0.1249,0.1872,0.0299,0.0449,0.1179,0.128,-0.1545,0.0593,-0.1489,0.1378,-0.1495,-0.0922,0.1873,-0.1163,0.097,-0.0682,-0.111,0.0614,-0.1877,0.1918,-0.1257,-0.0814,-0.1923,0.0048,-0.0789,-0.0048,0.078,-0.029,0.1287,-0.0649,0.0773,-0.0584,0.0092,-0.1168,-0.0923,0.0614,0.1159,0.0134,0.0426,-0.1055,0.1022,-0.081,0.054,-0.1011,0.0698,-0.0799,-0.0786&bias=-0.1367,-0.041,0.0424,0.1353`,
  ],
  [
    "padding mode reflect",
    "填充模式 reflect",
    `kind=2d&kernel=1,1&padding=3,3,3,3&mode=reflect&${RAMP}&weight=1`,
  ],
  [
    "padding mode circular",
    "填充模式 circular",
    `kind=2d&kernel=1,1&padding=3,3,3,3&mode=circular&${RAMP}&weight=1`,
  ],
  [
    "groups",
    "分组",
    "kind=2d&channels=4&outputs=8&groups=2&size=1,1&kernel=1,1&input=1,1,1,1&weight=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16",
  ],
  ["1-D, a sentence", "一维：一句话", "kind=1d&channels=6&outputs=5&size=4&stride=2&padding=1,1"],
  ["dilation 2", "空洞率 2", `kind=2d&size=7,7&dilation=2,2&weight=1,0,-1,2,0,-2,1,0,-1`],
  ["edges: Sobel", "边缘：Sobel", edges("-1,0,1,-2,0,2,-1,0,1")],
  ["edges: Laplace", "边缘：Laplace", edges("0,1,0,1,-4,1,0,1,0")],
  [
    "transposed, stride 2",
    "转置，步幅 2",
    "kind=transposed&size=3,3&stride=2,2&padding=1,1,1,1&extra=1,1&input=1,2,3,4,5,6,7,8,9&weight=1,2,1,2,4,2,1,2,1",
  ],
  ["refused: too small", "会报错：输入太小", "kind=2d&size=4,4&dilation=2,2"],
];
