import type { Messages } from './messages.ts';

export const VI: Messages = {
  amountToPay: 'Số tiền cần thanh toán',
  amountPaid: 'Số tiền đã thanh toán',
  amount: 'Số tiền',
  reference: 'Mã tham chiếu',
  details: 'Chi tiết đơn hàng',
  payBy: (time) => `Thanh toán trước ${time}`,
  timeLeft: 'Thời gian còn lại',
  fiveMinutesLeft: 'Còn 5 phút để thanh toán.',
  oneMinuteLeft: 'Còn 1 phút để thanh toán.',
  timeIsUp: 'Đã hết thời gian. Chúng tôi đang kiểm tra thanh toán của bạn.',

  chooseTitle: 'Bạn muốn thanh toán bằng cách nào?',
  confirmTitle: 'Xác nhận thanh toán',
  pay: (amount) => `Thanh toán ${amount}`,
  cancel: 'Hủy và quay lại',
  oneMoment: 'Xin chờ một chút…',
  offline: 'Mất kết nối. Xin đừng thanh toán lại: chúng tôi sẽ kiểm tra.',
  checkAgain: 'Kiểm tra lại',
  tryAgain: 'Thử lại',
  notCharged: 'Bạn chưa bị trừ tiền.',
  backTo: (shop) => `Quay lại ${shop}`,
  leavingSoon: (shop) => `Bạn sẽ được đưa về ${shop} trong vài giây.`,

  declinedTitle: 'Thanh toán bị từ chối',
  declinedNext: 'Hãy thử lại hoặc chọn cách thanh toán khác.',
  declined: {
    insufficientFunds: 'Tài khoản này không đủ tiền.',
    expiredCard: 'Thẻ này đã hết hạn.',
    incorrectCvc: 'Mã bảo mật của thẻ không đúng.',
    authenticationFailed: 'Ngân hàng không xác nhận được đó là bạn.',
    limitExceeded: 'Khoản thanh toán này vượt hạn mức tại ngân hàng của bạn.',
    general: 'Ngân hàng của bạn không chấp nhận khoản thanh toán này.',
  },

  redirectTitle: 'Tiếp tục với ngân hàng của bạn',
  redirectText: 'Chúng tôi đang đưa bạn đến trang an toàn để duyệt khoản thanh toán này. Sau đó bạn sẽ trở lại đây.',
  redirectAction: 'Tiếp tục',

  qrTitle: 'Quét mã để thanh toán',
  qrText: 'Mở ứng dụng ngân hàng, quét mã và duyệt khoản thanh toán.',
  qrAlt: 'Mã QR của khoản thanh toán này',
  qrWaiting: 'Đang chờ bạn thanh toán…',
  openApp: 'Mở trong ứng dụng',
  copyCode: 'Sao chép mã thanh toán',
  copied: 'Đã sao chép',

  card: {
    title: 'Thanh toán bằng thẻ',
    text: 'Thông tin thẻ được gửi thẳng đến nhà cung cấp thanh toán. Cửa hàng không bao giờ nhìn thấy.',
    number: 'Số thẻ',
    expiry: 'Ngày hết hạn',
    code: 'Mã bảo mật',
    firstName: 'Tên',
    lastName: 'Họ',
    check: 'Vui lòng kiểm tra các ô được đánh dấu.',
    failed: 'Hiện không thể hiển thị các ô nhập thẻ. Bạn chưa bị trừ tiền. Vui lòng thử lại sau giây lát.',
    needsScript: 'Thanh toán bằng thẻ cần JavaScript. Hãy bật JavaScript trong trình duyệt hoặc quay lại cửa hàng.',
  },

  waitingTitle: 'Ngân hàng đang xác nhận',
  waitingText: 'Bạn có thể đóng trang này; cửa hàng sẽ được thông báo.',
  unknownTitle: 'Chúng tôi đang hỏi ngân hàng',
  unknownText:
    'Chúng tôi chưa biết khoản thanh toán đã thành công hay chưa. Xin đừng thanh toán lại: trang này sẽ hiện kết quả.',
  unavailableTitle: 'Hiện chưa thể thanh toán',
  unavailableText: 'Dịch vụ thanh toán không phản hồi. Bạn chưa bị trừ tiền. Vui lòng thử lại sau giây lát.',

  succeededTitle: 'Thanh toán thành công',
  succeededText: 'Cảm ơn bạn. Chúng tôi đã nhận được khoản thanh toán.',
  failedTitle: 'Thanh toán không thành công',
  canceledTitle: 'Đã hủy thanh toán',
  expiredTitle: 'Đã hết thời gian',
  expiredText: 'Khoản thanh toán này đã hết hạn. Không có khoản tiền nào bị trừ.',
  reversedTitle: 'Đã hoàn tác thanh toán',
  reversedText: 'Khoản thanh toán này đã được hoàn tác. Không có khoản tiền nào bị trừ.',

  missingTitle: 'Liên kết thanh toán này không dùng được',
  missingText:
    'Có thể liên kết đã hết hạn hoặc đã được thay bằng liên kết mới hơn. Hãy quay lại cửa hàng để xem đơn hàng. Nếu bạn đã thanh toán, hãy hỏi cửa hàng trước khi thanh toán lại.',

  testMode: 'Chế độ thử nghiệm: không dùng tiền thật',
  poweredBy: 'Thanh toán qua Tollgate',
  help: 'Trợ giúp',
  legal: 'Pháp lý',
};
